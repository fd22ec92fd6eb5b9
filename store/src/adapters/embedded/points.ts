import type { ReadingPoint } from '../../ports.ts'
import { CHUNK_MS } from './index-keys.ts'
import type { Names } from './names.ts'

/** u48 position, i32 ms after the chunk's start, u32 series (type, channel, unit), u32 exception or 0, f64 value. */
const POINT = 26

export function encodePoints(points: readonly ReadingPoint[], chunk: number, names: Names): Buffer {
  const bytes = Buffer.allocUnsafe(POINT * points.length)
  for (const [i, point] of points.entries()) {
    const at = POINT * i
    bytes.writeUIntBE(point.position, at, 6)
    bytes.writeInt32BE(within32(point.at - chunk * CHUNK_MS), at + 6)
    bytes.writeUInt32BE(names.idOf(`${point.type}\n${point.channel}\n${point.unit ?? ''}`), at + 10)
    bytes.writeUInt32BE(point.exception === undefined ? 0 : names.idOf(point.exception), at + 14)
    bytes.writeDoubleBE(point.value ?? Number.NaN, at + 18)
  }
  return bytes
}

export function decodePoints(bytes: Buffer, device: string, chunk: number, names: Names): ReadingPoint[] {
  const points: ReadingPoint[] = []
  for (let at = 0; at + POINT <= bytes.length; at += POINT) {
    const [type = '', channel = '', unit = ''] = names.textOf(bytes.readUInt32BE(at + 10)).split('\n')
    const point: ReadingPoint = {
      at: chunk * CHUNK_MS + bytes.readInt32BE(at + 6),
      device,
      channel,
      type,
      position: bytes.readUIntBE(at, 6),
    }
    const value = bytes.readDoubleBE(at + 18)
    if (!Number.isNaN(value)) point.value = value
    if (unit !== '') point.unit = unit
    const exception = bytes.readUInt32BE(at + 14)
    if (exception !== 0) point.exception = names.textOf(exception)
    points.push(point)
  }
  return points
}

/** Only times before 1970 or beyond the year 10,889 lie outside their chunk. */
function within32(ms: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.floor(ms)))
}
