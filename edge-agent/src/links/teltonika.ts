import type { Socket } from 'node:net'
import {
  acknowledgement,
  encodeTeltonikaCommand,
  LOGIN_ACCEPTED,
  LOGIN_REFUSED,
  teltonikaServerProtocol,
} from '@waytrace/devices'
import { OpsError } from '@waytrace/standard'
import type { LinkPorts } from './open-link.ts'

/** One device that has logged in. */
export interface TeltonikaConnection {
  /** Sends a codec 12 command; resolves with the answer. Rejects with `LINK_DOWN`. */
  command(text: string): Promise<string>
}

/** How long a device may take to answer a command. */
const ANSWER_MS = 30_000

/**
 * One connection of a Teltonika device. The login is answered by what the agent knows; a packet is acknowledged with
 * its record count when the events are on disk. A packet with a wrong CRC is kept and not acknowledged: the device
 * sends it again. Resolves when the connection has closed.
 */
export function serveTeltonika(
  socket: Socket,
  { clock, events, maxFrameBytes }: LinkPorts,
  devices: Map<string, TeltonikaConnection>,
): Promise<void> {
  const protocol = teltonikaServerProtocol({ maxFrameBytes: Math.min(maxFrameBytes, 65_536) })
  const answers: { resolve(text: string): void; reject(error: OpsError): void }[] = []
  let imei: string | undefined
  let line = Promise.resolve()

  const connection: TeltonikaConnection = {
    command(text) {
      return new Promise((resolve, reject) => {
        const late = clock.after(ANSWER_MS, () => drop('the device did not answer'))
        const entry = {
          resolve: (answer: string) => {
            late.cancel()
            resolve(answer)
          },
          reject: (error: OpsError) => {
            late.cancel()
            reject(error)
          },
        }
        const drop = (why: string) => {
          const at = answers.indexOf(entry)
          if (at >= 0) answers.splice(at, 1)
          entry.reject(new OpsError('LINK_DOWN', why))
        }
        answers.push(entry)
        socket.write(encodeTeltonikaCommand(text))
      })
    },
  }

  async function act(chunk: Uint8Array): Promise<void> {
    const receivedAt = clock.now()
    const step = protocol.push(chunk)
    if (step.login !== undefined && !login(step.login)) return
    for (const { error, bytes } of step.errors) await events.bad(bytes, error, imei)
    for (const { bytes, count, model } of step.frames) {
      if (imei === undefined) return
      await events.frame({ bytes, receivedAt, address: imei, model })
      // Only now: the device forgets what is acknowledged.
      if (!socket.destroyed) socket.write(acknowledgement(count))
    }
    for (const { text } of step.responses) answers.shift()?.resolve(text)
    if (step.close) socket.destroy()
  }

  function login(claimed: string): boolean {
    if (!events.knows(claimed)) {
      socket.end(LOGIN_REFUSED)
      return false
    }
    if (imei === undefined) events.state('up', { address: claimed })
    imei = claimed
    devices.set(claimed, connection)
    socket.write(LOGIN_ACCEPTED)
    return true
  }

  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      // One chunk at a time: acknowledgements leave in the order of the packets.
      socket.pause()
      line = line
        .then(() => act(chunk))
        .catch(() => void socket.destroy())
        .then(() => {
          if (!socket.destroyed) socket.resume()
        })
    })
    socket.once('close', () => {
      void line.then(() => {
        for (const { reject } of answers.splice(0)) reject(new OpsError('LINK_DOWN', 'the device has gone'))
        if (imei !== undefined && devices.get(imei) === connection) {
          devices.delete(imei)
          events.state('down', { reason: 'disconnected', address: imei })
        }
        resolve()
      })
    })
  })
}
