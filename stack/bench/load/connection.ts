import { connect } from 'node:net'
import { CONNACK, connectPacket, PUBACK, packetReader } from './wire.ts'

/** One agent's connection with everything it will send, encoded beforehand. */
export interface LoadConnection {
  readonly left: number
  /** Sends at most `max` messages more, as far as the window allows; says how many. */
  send(max: number, due: number): number
  close(): void
}

export interface LoadConnectionOptions {
  host: string
  port: number
  clientId: string
  username: string
  password: string
  window: number
  /** Encoded publishes with the message ids 1, 2, ... 65535, 1, ... */
  packets: readonly Buffer[]
  /** When a message was due, in ms of `performance.now`, each time one is acknowledged. */
  acknowledged(due: number): void
  /** All acknowledgements of one read are in: there may be room for more. */
  read(connection: LoadConnection): void
}

const IDS = 65_535

/** Connects and signs in. */
export function openConnection(options: LoadConnectionOptions): Promise<LoadConnection> {
  const { packets, window, acknowledged } = options
  const ends = new Float64Array(packets.length)
  let end = 0
  for (const [i, packet] of packets.entries()) {
    end += packet.length
    ends[i] = end
  }
  const bytes = Buffer.concat(packets)
  const dues = new Float64Array(IDS + 1)
  let next = 0
  let inFlight = 0
  const socket = connect(options.port, options.host)
  socket.setNoDelay(true)
  const connection: LoadConnection = {
    get left() {
      return packets.length - next
    },
    send(max, due) {
      const count = Math.min(max, window - inFlight, packets.length - next)
      if (count <= 0) return 0
      const begin = ends[next - 1] ?? 0
      for (let i = next; i < next + count; i++) dues[(i % IDS) + 1] = due
      next += count
      inFlight += count
      socket.write(bytes.subarray(begin, ends[next - 1]))
      return count
    },
    close: () => socket.destroy(),
  }
  return new Promise((resolve, reject) => {
    const read = packetReader((type, body) => {
      if (type === PUBACK) {
        inFlight--
        acknowledged(dues[body.readUInt16BE(0)] ?? 0)
      } else if (type === CONNACK && body[1] === 0) resolve(connection)
      else reject(new Error(`${options.username}: packet ${type} with ${body.toString('hex')}`))
    })
    socket.on('data', (chunk) => {
      read(chunk)
      options.read(connection)
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${options.username}: the broker closed the connection`)))
    socket.once('connect', () => socket.write(connectPacket(options)))
  })
}
