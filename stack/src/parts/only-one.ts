import { createHash } from 'node:crypto'
import { realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpsError } from '@waytrace/standard'

/**
 * The right to be the only one who does `part` on a data folder, held from `start` to `stop`: a listening local socket,
 * which the kernel closes also for a process that was killed, so that no lock is ever left over. `start` throws
 * `OpsError('ALREADY_RUNNING')`. Processes in other containers are not seen.
 */
export function onlyOne(data: string, part: string) {
  let server: Server | undefined
  return {
    async start(): Promise<void> {
      const name = nameOf(data, part)
      server = await claim(name).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error
        if (!(await isLeftOver(name)))
          throw new OpsError('ALREADY_RUNNING', `another process is the ${part} of ${data}`, { cause: error })
        rmSync(name)
        return claim(name)
      })
    },
    async stop(): Promise<void> {
      await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
      server = undefined
    },
  }
}

/** Linux and Windows have names without files; elsewhere a file can outlive its process. */
function nameOf(data: string, part: string): string {
  const id = `waytrace-${part}-${createHash('sha256').update(realpathSync(data)).digest('hex').slice(0, 16)}`
  if (process.platform === 'linux') return `\0${id}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${id}` : join(tmpdir(), `${id}.sock`)
}

function claim(name: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', reject)
    server.listen(name, () => resolve(server))
  })
}

function isLeftOver(name: string): Promise<boolean> {
  if (name.startsWith('\0') || name.startsWith('\\')) return Promise.resolve(false)
  return new Promise((resolve) => {
    const socket = connect(name, () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', () => resolve(true))
  })
}
