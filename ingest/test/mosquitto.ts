import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { eventually, type StartedProcess, startProgram, tempDir } from '@waytrace/standard/testing'

/** A real mosquitto on a free port, without persistence: a kill loses its queue. */
export async function startMosquitto(port: number): Promise<StartedProcess> {
  const folder = tempDir('mosquitto')
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'mosquitto.conf')
  writeFileSync(
    config,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence false',
      'max_inflight_messages 1000',
      'max_queued_messages 100000',
      '',
    ].join('\n'),
  )
  const started = startProgram('/usr/sbin/mosquitto', { args: ['-c', config] })
  await eventually(() => answers(port))
  return started
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
