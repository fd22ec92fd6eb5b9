import { OpsError } from '@waytrace/standard'
import type { EventDraft } from './ports.ts'

/** A spooled event as it will be sent: sending needs no JSON parser. Both are views. */
export interface SpoolEntry {
  /** Topic below the agent's prefix: `kind/device/evt/stream`. */
  topic: string
  /** The event as JSON in UTF-8, an object without trailing blanks. */
  json: Buffer
}

/** Layout: u8 length of the topic, topic (ASCII), JSON. */
export function encodeSpoolEntry({ kind, device, stream }: EventDraft, json: string): Buffer {
  const topic = `${kind}/${device}/evt/${stream}`
  const size = Buffer.byteLength(json)
  const bytes = Buffer.allocUnsafe(1 + topic.length + size)
  bytes.writeUInt8(topic.length, 0)
  bytes.write(topic, 1, 'ascii')
  bytes.write(json, 1 + topic.length, 'utf8')
  return bytes
}

/** The inverse of `encodeSpoolEntry`. Throws `OpsError('JOURNAL_CORRUPT')`. */
export function decodeSpoolEntry(bytes: Uint8Array): SpoolEntry {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = 1 + (buffer[0] ?? Number.POSITIVE_INFINITY)
  if (buffer.length < start + 2) throw new OpsError('JOURNAL_CORRUPT', 'a spool entry is shorter than its header says')
  return { topic: buffer.toString('ascii', 1, start), json: buffer.subarray(start) }
}
