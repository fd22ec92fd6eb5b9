import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { eventually, freePort, type StartedProcess, startProgram, tempDir } from '@waytrace/standard/testing'

/** A real Mosquitto that keeps nothing on disk: killed, it forgets sessions, queues and retained messages. */
export interface Mosquitto {
  url: string
  /** kill -9, then the same again. */
  crash(): Promise<void>
  stop(): Promise<void>
}

export async function startMosquitto(): Promise<Mosquitto> {
  const port = await freePort()
  const file = join(tempDir('mosquitto'), 'mosquitto.conf')
  const lines = [
    'user root',
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence false',
    'max_queued_messages 0',
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  let running: StartedProcess | undefined
  const start = async () => {
    running = startProgram('mosquitto', { args: ['-c', file], env: { PATH: `${process.env.PATH}:/usr/sbin` } })
    await eventually(() => answers(port))
  }
  await start()
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async crash() {
      await running?.kill()
      await start()
    },
    async stop() {
      await running?.kill()
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
