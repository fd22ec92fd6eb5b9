import { crc32 } from 'node:zlib'
import { OpsError } from '../event/errors.ts'

/** One block as it lies on disk: some entries, readable without copying. docs/formats/journal.md states the layout. */
export interface Block {
  count: number
  /** Entry bytes the journal had taken before this block, since it was made: differences are sizes. */
  start: number
  /** A view into the block. */
  entry(index: number): Buffer
  /** What the block adds to the journal's size, with the length of each entry. */
  size: number
}

const FORMAT = 1
const HEADER = 24
/** Each entry costs its bytes and this length field. */
export const ENTRY_OVERHEAD = 4

/** What an entry adds to a journal's byte count. */
export function entrySize(bytes: Uint8Array): number {
  return bytes.length + ENTRY_OVERHEAD
}

/** Packs entries into one block. */
export function encodeBlock(entries: readonly Uint8Array[], start: number): Buffer {
  let size = HEADER
  for (const entry of entries) size += entrySize(entry)
  const block = Buffer.allocUnsafe(size)
  block.writeUInt32LE(FORMAT, 0)
  block.writeUInt32LE(entries.length, 4)
  block.writeUInt32LE(0, 12)
  block.writeDoubleLE(start, 16)
  let lengthAt = HEADER
  let at = HEADER + ENTRY_OVERHEAD * entries.length
  for (const entry of entries) {
    block.writeUInt32LE(entry.length, lengthAt)
    block.set(entry, at)
    lengthAt += ENTRY_OVERHEAD
    at += entry.length
  }
  block.writeUInt32LE(crc32(block.subarray(HEADER)), 8)
  return block
}

/** The inverse of `encodeBlock`; keeps `bytes`. Throws `OpsError('JOURNAL_CORRUPT')`. */
export function decodeBlock(bytes: Buffer): Block {
  if (bytes.length < HEADER || bytes.readUInt32LE(0) !== FORMAT) throw corrupt('is not of format 1')
  const count = bytes.readUInt32LE(4)
  const payload = HEADER + ENTRY_OVERHEAD * count
  if (bytes.length < payload) throw corrupt('is shorter than its entry count says')
  if (crc32(bytes.subarray(HEADER)) !== bytes.readUInt32LE(8)) throw corrupt('fails its checksum')
  const ends = new Uint32Array(count)
  let at = payload
  for (let i = 0; i < count; i++) {
    at += bytes.readUInt32LE(HEADER + ENTRY_OVERHEAD * i)
    ends[i] = at
  }
  if (at !== bytes.length) throw corrupt('does not end where its lengths say')
  return {
    count,
    start: bytes.readDoubleLE(16),
    entry: (index) => bytes.subarray(index === 0 ? payload : ends[index - 1], ends[index]),
    size: bytes.length - HEADER,
  }
}

/** `start` of an encoded block, without decoding it. */
export function blockStart(bytes: Buffer): number {
  return bytes.readDoubleLE(16)
}

function corrupt(what: string): OpsError {
  return new OpsError('JOURNAL_CORRUPT', `a block ${what}`)
}
