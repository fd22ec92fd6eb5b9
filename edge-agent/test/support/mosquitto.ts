import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { eventually, freePort, startProgram, tempDir } from '@waytrace/standard/testing'

/** A real broker on a free port of 127.0.0.1. */
export interface Mosquitto {
  port: number
  url: string
  stop(): Promise<void>
}

export interface MosquittoOptions {
  tls?: { cert: string; key: string }
  /** Further lines of its configuration. */
  lines?: string[]
}

/** Starts mosquitto, on the given port if it is to come back where it was. */
export async function startMosquitto(
  port?: number,
  { tls, lines: more = [] }: MosquittoOptions = {},
): Promise<Mosquitto> {
  const chosen = port ?? (await freePort())
  const file = join(tempDir('mosquitto'), 'mosquitto.conf')
  const lines = [
    // As root it would become another user, who may not read the test's key file; for others the line means nothing.
    'user root',
    `listener ${chosen} 127.0.0.1`,
    'allow_anonymous true',
    'persistence false',
    'max_queued_messages 0',
    ...more,
  ]
  if (tls !== undefined) lines.push(`certfile ${tls.cert}`, `keyfile ${tls.key}`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  const broker = startProgram('mosquitto', { args: ['-c', file], env: { PATH: `${process.env.PATH}:/usr/sbin` } })
  await eventually(() => reachable(chosen))
  return {
    port: chosen,
    url: `${tls === undefined ? 'mqtt' : 'mqtts'}://127.0.0.1:${chosen}`,
    async stop() {
      await broker.kill()
    },
  }
}

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
