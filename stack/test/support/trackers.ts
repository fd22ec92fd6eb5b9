import { connect, type Socket } from 'node:net'
import { encodeTeltonikaLogin, encodeTeltonikaPacket } from '@waytrace/devices'
import { systemClock } from '@waytrace/standard/process'

/** AVL id of the first Dallas probe, 0.1 degC. */
const PROBE = 72
const RECONNECT_MS = 50
const clock = systemClock()

export interface Tracker {
  readonly imei: string
  readonly urn: string
  /** Times (UTC ms) of the records whose count came back: these the agent has promised to keep. */
  readonly acknowledged: readonly number[]
  /** Records written to the socket, those sent again counted again. */
  readonly sent: number
  stop(): void
}

/**
 * A telematics unit on TCP, as it behaves on the road: a packet of records again and again until its count comes back,
 * then the next. Each record has a time of its own, which names it: (device, time) is what the tests count by.
 */
export function tracker(
  {
    imei,
    urn,
    port,
    records,
    perPacket,
  }: { imei: string; urn: string; port: number; records: number; perPacket: number },
  onAck: () => void = () => {},
): Tracker {
  const start = Math.floor(clock.now() / 1000) * 1000 - records * 1000
  const acknowledged: number[] = []
  let sent = 0
  let inFlight = 0
  let accepted = false
  let stopped = false
  let socket: Socket | undefined
  dial()

  function dial() {
    if (stopped || acknowledged.length >= records) return
    accepted = false
    inFlight = 0
    const made = connect({ host: '127.0.0.1', port })
    socket = made
    made.on('connect', () => made.write(encodeTeltonikaLogin(imei)))
    made.on('data', (bytes) => answered(bytes))
    made.on('error', () => made.destroy())
    made.on('close', () => clock.after(RECONNECT_MS, dial))
  }

  function answered(bytes: Buffer) {
    if (!accepted) accepted = bytes[0] === 1
    else {
      const count = bytes.readUInt32BE(0)
      if (count !== inFlight) return void socket?.destroy()
      for (let i = 0; i < count; i++) acknowledged.push(start + acknowledged.length * 1000)
      onAck()
    }
    send()
  }

  function send() {
    const next = acknowledged.length
    inFlight = Math.min(perPacket, records - next)
    if (inFlight === 0) return void socket?.end()
    sent += inFlight
    const packet = Array.from({ length: inFlight }, (_, i) => ({
      at: start + (next + i) * 1000,
      io: { [PROBE]: 40 + ((next + i) % 40) },
    }))
    socket?.write(encodeTeltonikaPacket(packet))
  }

  return {
    imei,
    urn,
    acknowledged,
    get sent() {
      return sent
    },
    stop() {
      stopped = true
      socket?.destroy()
    },
  }
}
