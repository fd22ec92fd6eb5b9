import type { Duplex } from 'node:stream'
import { j1939Transport, parseSlcan, SLCAN_CLOSE, slcanFramer, slcanOpen } from '@waytrace/devices'
import { OpsError } from '@waytrace/standard'
import type { LinkOf } from '../link-config.ts'
import type { Link } from '../ports.ts'
import type { LinkPorts } from './open-link.ts'
import { reopeningLink } from './reopening.ts'
import { openSerial } from './serial.ts'
import { readFrames } from './stream.ts'

/** Diagnostic messages DM1 and DM2; a bus carries thousands of others a second. */
const WANTED = new Set([0xfeca, 0xfecb])

/** A CAN bus through an SLCAN adapter: opens the channel, reassembles J1939 messages; addresses are source addresses. */
export function slcanLink(config: LinkOf<'slcan'>, ports: LinkPorts): Link {
  const { path, baudRate, kbits } = config
  return reopeningLink({
    ...ports,
    async open() {
      const port = await openSerial({ path, baudRate, dataBits: 8, stopBits: 1, parity: 'none' })
      try {
        for (const command of slcanOpen(kbits)) await say(port, command)
      } catch (error) {
        port.destroy()
        throw error
      }
      return port
    },
    use: (port) => {
      const transport = j1939Transport()
      return readFrames(port, {
        ...ports,
        framing: undefined,
        framer: (onError) => slcanFramer({ onError }),
        refine: (line, tickMs) => {
          const message = transport.push(frameOf(line), tickMs)
          if (message === undefined || !WANTED.has(message.pgn)) return []
          return [{ bytes: message.bytes, port: message.pgn, address: String(message.source) }]
        },
      })
    },
    leave: (port) => say(port, SLCAN_CLOSE),
  })
}

/** A line that a noisy cable broke is as good as none: CAN repeats its messages. */
function frameOf(line: Uint8Array): ReturnType<typeof parseSlcan> {
  try {
    return parseSlcan(Buffer.from(line).toString('latin1'))
  } catch (error) {
    if (error instanceof OpsError) return { id: 0, extended: false, data: new Uint8Array() }
    throw error
  }
}

function say(port: Duplex, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    port.write(command, (error) => (error ? reject(error) : resolve()))
  })
}
