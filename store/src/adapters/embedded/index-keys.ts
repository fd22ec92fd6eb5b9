import { fnv1a } from '../../keys.ts'

/** Milliseconds of one chunk of readings: a query reads the chunks its range touches. */
export const CHUNK_MS = 10 * 60_000
const MAX_U48 = 2 ** 48 - 1

/** u64 hash of the order number, u48 event time, u48 position: 20 bytes in time order. Readers check the order itself. */
export function orderKey(number: string, ms: number, position: number): Buffer {
  const key = Buffer.allocUnsafe(20)
  key.writeUInt32BE(fnv1a(number), 0)
  key.writeUInt32BE(fnv1a(number, 0x9e3779b9), 4)
  key.writeUIntBE(u48(ms), 8, 6)
  key.writeUIntBE(u48(position), 14, 6)
  return key
}

export function positionOfOrderKey(key: Buffer): number {
  return key.readUIntBE(14, 6)
}

/** Device id, a number (a chunk of time, or nothing), position of the first event in the entry. */
export function deviceKey(device: number, chunk: number, position: number): Buffer {
  const key = Buffer.allocUnsafe(16)
  key.writeUInt32BE(device, 0)
  key.writeUIntBE(u48(chunk), 4, 6)
  key.writeUIntBE(u48(position), 10, 6)
  return key
}

export function chunkOf(ms: number): number {
  return Math.floor(u48(ms) / CHUNK_MS)
}

/** Clocks may stand before 1970 or beyond reason: such times keep their event, at the edge of the index. */
function u48(value: number): number {
  return value < 0 ? 0 : value > MAX_U48 ? MAX_U48 : Math.floor(value)
}
