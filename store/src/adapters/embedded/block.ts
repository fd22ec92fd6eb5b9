/**
 * Some events as they lie on disk, in number order. Layout, little endian: u32 count, then per event u48 position and
 * u32 length, then the bytes. LMDB compresses the block (LZ4); one entry per event would cost three times the disk.
 */
export interface EventBlock {
  positions: number[]
  bytes: Uint8Array[]
}

const HEADER = 4
const ENTRY = 10

export function encodeEventBlock({ positions, bytes }: EventBlock): Buffer {
  let size = HEADER + ENTRY * positions.length
  for (const entry of bytes) size += entry.length
  const block = Buffer.allocUnsafe(size)
  block.writeUInt32LE(positions.length, 0)
  let at = HEADER + ENTRY * positions.length
  for (const [i, entry] of bytes.entries()) {
    block.writeUIntLE(positions[i] ?? 0, HEADER + ENTRY * i, 6)
    block.writeUInt32LE(entry.length, HEADER + ENTRY * i + 6)
    block.set(entry, at)
    at += entry.length
  }
  return block
}

/** The inverse of `encodeEventBlock`; the entries are views. */
export function decodeEventBlock(block: Buffer): EventBlock {
  const count = block.readUInt32LE(0)
  const positions: number[] = []
  const bytes: Uint8Array[] = []
  let at = HEADER + ENTRY * count
  for (let i = 0; i < count; i++) {
    positions.push(block.readUIntLE(HEADER + ENTRY * i, 6))
    const end = at + block.readUInt32LE(HEADER + ENTRY * i + 6)
    bytes.push(block.subarray(at, end))
    at = end
  }
  return { positions, bytes }
}

/** The bytes of one event without decoding the others. */
export function findInBlock(block: Buffer, position: number): Buffer | undefined {
  const count = block.readUInt32LE(0)
  let at = HEADER + ENTRY * count
  for (let i = 0; i < count; i++) {
    const length = block.readUInt32LE(HEADER + ENTRY * i + 6)
    const found = block.readUIntLE(HEADER + ENTRY * i, 6)
    if (found === position) return block.subarray(at, at + length)
    if (found > position) return undefined
    at += length
  }
  return undefined
}
