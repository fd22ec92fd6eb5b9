import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made = new Set<string>()
/** The process id in the name says whose folder it is. */
const OURS = /^waytrace-(\d+)-/

/** A new empty folder, removed when the process exits, or by a later one when this process is killed. */
export function tempDir(name = 'test'): string {
  if (made.size === 0) {
    removeLeftovers()
    process.once('exit', () => {
      for (const path of made) rmSync(path, { recursive: true, force: true })
    })
  }
  const path = mkdtempSync(join(tmpdir(), `waytrace-${process.pid}-${name}-`))
  made.add(path)
  return path
}

function removeLeftovers(): void {
  for (const entry of readdirSync(tmpdir())) {
    const pid = Number(OURS.exec(entry)?.[1] ?? process.pid)
    if (!lives(pid)) rmSync(join(tmpdir(), entry), { recursive: true, force: true })
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A TCP port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
