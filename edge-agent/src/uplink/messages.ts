import type { Entry } from '@waytrace/standard/journal'
import { decodeSpoolEntry } from '../spool-entry.ts'

/** One MQTT message and the spool positions it carries. */
export interface Message {
  topic: string
  payload: Buffer
  from: number
  to: number
}

export interface MessageOptions {
  /** The agent's prefix of topics. */
  prefix: string
  backfill: boolean
  single: boolean
  /** Batches are built here and are no larger; a message of one event has bytes of its own. */
  buffer: Buffer
}

const OPEN = 0x5b
const CLOSE = 0x5d
const COMMA = 0x2c
const BACKFILL = Buffer.from(',"backfill":true}')

/**
 * The longest message that begins with the first entry: a single event on its own topic, or a CloudEvents batch of
 * neighbours, joined as bytes. Late events are marked `backfill`. Entries must not be empty.
 */
export function buildMessage(entries: readonly Entry[], { prefix, backfill, single, buffer }: MessageOptions): Message {
  const maxBytes = buffer.length
  const [first] = entries
  if (first === undefined) throw new RangeError('a message needs an event')
  const parts: Buffer[] = []
  let size = 2
  let topic = ''
  for (const entry of entries) {
    const { json, topic: own } = decodeSpoolEntry(entry.bytes)
    const grown = size + json.length + 1 + (backfill ? BACKFILL.length - 1 : 0)
    if (parts.length > 0 && (single || grown > maxBytes)) break
    size = grown
    topic = own
    parts.push(json)
  }
  const to = first.position + parts.length - 1
  if (parts.length === 1)
    return { topic: prefix + topic, payload: late(parts[0] as Buffer, backfill), from: first.position, to }
  let at = 0
  for (const json of parts) {
    buffer[at++] = at === 1 ? OPEN : COMMA
    at += json.copy(buffer, at, 0, backfill ? json.length - 1 : json.length)
    if (backfill) at += BACKFILL.copy(buffer, at)
  }
  buffer[at++] = CLOSE
  return { topic: `${prefix}agent/self/batch`, payload: buffer.subarray(0, at), from: first.position, to }
}

/** A copy with the mark: the spool's own bytes stay as they are. */
function late(json: Buffer, backfill: boolean): Buffer {
  return backfill ? Buffer.concat([json.subarray(0, -1), BACKFILL]) : Buffer.from(json)
}
