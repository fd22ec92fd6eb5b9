import { connect, type Socket } from 'node:net'
import { type AvlInput, encodeTeltonikaLogin, encodeTeltonikaPacket } from '@waytrace/devices'
import type { Clock } from '@waytrace/standard/process'
import type { TruckSample } from '../acts.ts'

/** A trailer's telematics unit: keeps its records until the server has acknowledged their number. */
export interface Tracker {
  record(at: number, sample: TruckSample): void
  /** Resolves when every record is acknowledged. */
  settled(): Promise<void>
  stop(): void
}

const MOST_IN_PACKET = 20
const RECONNECT_MS = 1000
const IO = { frontC: 72, rearC: 73, door: 662, ignition: 239, voltage: 66, faultCount: 30, faultCodes: 281 }

/** Speaks codec 8E over TCP: login with IMEI, then packets, each sent again until its record count comes back. */
export function tracker(imei: string, port: number, clock: Clock): Tracker {
  const waiting: AvlInput[] = []
  const awaiting: (() => void)[] = []
  let socket: Socket | undefined
  let accepted = false
  let inFlight = 0
  let stopped = false
  dial()

  function dial() {
    if (stopped) return
    accepted = false
    inFlight = 0
    socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => socket?.write(encodeTeltonikaLogin(imei)))
    socket.on('data', answered)
    socket.on('error', () => socket?.destroy())
    socket.on('close', () => clock.after(RECONNECT_MS, dial))
  }

  function answered(bytes: Buffer) {
    if (!accepted) accepted = bytes[0] === 1
    else if (bytes.length >= 4) waiting.splice(0, bytes.readUInt32BE(0))
    inFlight = 0
    send()
    if (waiting.length === 0) for (const resolve of awaiting.splice(0)) resolve()
  }

  function send() {
    if (!accepted || inFlight > 0 || waiting.length === 0) return
    const packet = waiting.slice(0, MOST_IN_PACKET)
    inFlight = packet.length
    socket?.write(encodeTeltonikaPacket(packet))
  }

  return {
    record(at, sample) {
      waiting.push(avlOf(at, sample))
      send()
    },
    settled: () => new Promise((resolve) => (waiting.length === 0 ? resolve() : void awaiting.push(resolve))),
    stop() {
      stopped = true
      socket?.destroy()
    },
  }
}

function avlOf(at: number, sample: TruckSample): AvlInput {
  const { latitude, longitude, speedKmh, headingDeg, troubles } = sample
  return {
    at,
    latitude,
    longitude,
    altitude: 120,
    angle: headingDeg,
    satellites: 11,
    speed: speedKmh,
    eventId: sample.doorOpen ? IO.door : 0,
    io: {
      [IO.frontC]: Math.round(sample.frontC * 10),
      [IO.rearC]: Math.round(sample.rearC * 10),
      [IO.door]: sample.doorOpen ? 1 : 0,
      [IO.ignition]: sample.ignition ? 1 : 0,
      [IO.voltage]: 24_300,
      [IO.faultCount]: troubles.length,
      ...(troubles.length === 0 ? {} : { [IO.faultCodes]: Buffer.from(troubles.join(',')) }),
    },
  }
}
