import { type CanFrame, j1939Id } from './can-frame.ts'

/** A J1939 message, of one frame or many. */
export interface J1939Message {
  pgn: number
  source: number
  /** 255 = all. */
  destination: number
  bytes: Uint8Array
}

export interface J1939Transport {
  /** The message this frame completes, if any. `atMs`: time of reception, from any clock that does not run backwards. */
  push(frame: CanFrame, atMs: number): J1939Message | undefined
  /** Multi-packet messages given up so far: time-out, packet missing, announcement that contradicts itself. */
  readonly dropped: number
}

interface Session {
  pgn: number
  bytes: Uint8Array
  packets: number
  next: number
  lastMs: number
}

const TP_CM = 0xec00
const TP_DT = 0xeb00
const RTS = 16
const CTS = 17
const END_OF_MESSAGE = 19
const BAM = 32
const ABORT = 255

/** J1939-21, T1: a receiver gives up when the next packet takes longer. */
export const PACKET_TIMEOUT_MS = 750
/** J1939-21: 255 packets of seven bytes. */
export const MAX_MESSAGE_BYTES = 1785
/** One source may broadcast one message and address one to each other node; a real bus has a handful at a time. */
const MAX_SESSIONS = 64

/**
 * Reassembles multi-packet messages by listening only: broadcasts (BAM) and addressed ones (RTS/CTS). One session per
 * source and destination, so that engine and gearbox may interleave; a new announcement replaces the old session.
 * Memory is bounded by 64 sessions of 1,785 bytes.
 */
export function j1939Transport(): J1939Transport {
  const sessions = new Map<number, Session>()
  let dropped = 0

  function drop(key: number): void {
    if (sessions.delete(key)) dropped++
  }

  function control(source: number, destination: number, data: Uint8Array, atMs: number): void {
    const kind = data[0]
    if (kind === BAM || kind === RTS) announce((source << 8) | destination, data, atMs)
    else if (kind === END_OF_MESSAGE) sessions.delete((destination << 8) | source)
    else if (kind === CTS) resume((destination << 8) | source, data, atMs)
    else if (kind === ABORT) {
      drop((source << 8) | destination)
      drop((destination << 8) | source)
    }
  }

  function announce(key: number, data: Uint8Array, atMs: number): void {
    drop(key)
    const size = byte(data, 1) | (byte(data, 2) << 8)
    const packets = byte(data, 3)
    if (size < 9 || size > MAX_MESSAGE_BYTES || packets !== Math.ceil(size / 7)) {
      dropped++
      return
    }
    const [oldest] = sessions.keys()
    if (sessions.size >= MAX_SESSIONS && oldest !== undefined) drop(oldest)
    const pgn = byte(data, 5) | (byte(data, 6) << 8) | (byte(data, 7) << 16)
    sessions.set(key, { pgn, bytes: new Uint8Array(size), packets, next: 1, lastMs: atMs })
  }

  /** A receiver asks for packets from a number on: after a loss it asks for old ones again. */
  function resume(key: number, data: Uint8Array, atMs: number): void {
    const session = sessions.get(key)
    if (session === undefined || byte(data, 1) === 0) return
    session.next = Math.min(session.next, Math.max(1, byte(data, 2)))
    session.lastMs = atMs
  }

  function packet(source: number, destination: number, data: Uint8Array, atMs: number): J1939Message | undefined {
    const key = (source << 8) | destination
    const session = sessions.get(key)
    if (session === undefined) return undefined
    if (atMs - session.lastMs > PACKET_TIMEOUT_MS || data[0] !== session.next) {
      drop(key)
      return undefined
    }
    const at = (session.next - 1) * 7
    session.bytes.set(data.subarray(1, 1 + Math.min(7, session.bytes.length - at)), at)
    session.next++
    session.lastMs = atMs
    if (session.next <= session.packets) return undefined
    sessions.delete(key)
    return { pgn: session.pgn, source, destination, bytes: session.bytes }
  }

  return {
    push(frame, atMs) {
      if (!frame.extended) return undefined
      const { pgn, source, destination } = j1939Id(frame.id)
      if (pgn !== TP_CM && pgn !== TP_DT) return { pgn, source, destination, bytes: frame.data }
      if (frame.data.length !== 8) return undefined
      if (pgn === TP_DT) return packet(source, destination, frame.data, atMs)
      control(source, destination, frame.data, atMs)
      return undefined
    },
    get dropped() {
      return dropped
    },
  }
}

/** The frames in which a node sends a message to all: one, or a BAM announcement and its packets. */
export function j1939Frames(pgn: number, source: number, bytes: Uint8Array): CanFrame[] {
  const frame = (identifier: number, data: Uint8Array): CanFrame => ({ id: identifier | source, extended: true, data })
  if (bytes.length <= 8) return [frame(0x18000000 | (pgn << 8), bytes)]
  const packets = Math.ceil(bytes.length / 7)
  const announcement = [
    BAM,
    bytes.length & 0xff,
    bytes.length >> 8,
    packets,
    0xff,
    pgn & 0xff,
    (pgn >> 8) & 0xff,
    pgn >> 16,
  ]
  const frames = [frame(0x1cecff00, Uint8Array.from(announcement))]
  for (let i = 0; i < packets; i++) {
    const data = new Uint8Array(8).fill(0xff)
    data[0] = i + 1
    data.set(bytes.subarray(i * 7, i * 7 + 7), 1)
    frames.push(frame(0x1cebff00, data))
  }
  return frames
}

function byte(data: Uint8Array, index: number): number {
  return data[index] ?? 0
}
