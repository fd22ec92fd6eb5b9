import { OpsError } from '@waytrace/standard'
import { malformed } from '../../driver.ts'
import { Cursor } from './cursor.ts'
import { recordCount, unwrapPacket, wrapPacket } from './packet.ts'

/** What the three codecs differ in: how wide ids and counts are, and which parts a record has. */
export interface CodecLayout {
  codec: number
  name: string
  idBytes: 1 | 2
  countBytes: 1 | 2
  /** Codec 16 says why a record was generated. */
  generation: boolean
  /** Codec 8 Extended ends a record with elements of any length. */
  variable: boolean
}

export const CODEC_8: CodecLayout = {
  codec: 0x08,
  name: 'codec 8',
  idBytes: 1,
  countBytes: 1,
  generation: false,
  variable: false,
}
export const CODEC_8E: CodecLayout = {
  codec: 0x8e,
  name: 'codec 8E',
  idBytes: 2,
  countBytes: 2,
  generation: false,
  variable: true,
}
export const CODEC_16: CodecLayout = {
  codec: 0x10,
  name: 'codec 16',
  idBytes: 2,
  countBytes: 1,
  generation: true,
  variable: false,
}

/** One I/O element as sent. `variable` elements carry their own length, whatever it is. */
export interface AvlElement {
  id: number
  bytes: Uint8Array
  variable: boolean
}

/** One AVL record as sent: `at` UTC ms, degrees x 10^7 as integers, metres, degrees, km/h. */
export interface AvlRecord {
  at: number
  /** 0 low, 1 high, 2 panic. */
  priority: number
  longitude: number
  latitude: number
  altitude: number
  angle: number
  satellites: number
  speed: number
  /** The id whose change made the device send this record; 0 when it was time. */
  eventId: number
  /** Codec 16 only: 0 on exit, 1 on entrance, 2 both, 4 hysteresis, 5 on change, 6 eventual, 7 periodical. */
  generation?: number
  elements: AvlElement[]
}

const WIDTHS = [1, 2, 4, 8] as const
// The largest instant an ECMAScript Date can hold: beyond it a time cannot be printed.
const MAX_TIME_MS = 8.64e15

/** The records of one whole TCP packet of this codec. Throws `OpsError('FRAME_MALFORMED')`. */
export function decodeRecords(frame: Uint8Array, layout: CodecLayout): AvlRecord[] {
  const data = unwrapPacket(frame)
  if (data[0] !== layout.codec) throw malformed(`codec 0x${data[0]?.toString(16)} is not ${layout.name}`)
  const count = recordCount(frame)
  const cursor = new Cursor(data.subarray(2, -1))
  const records: AvlRecord[] = []
  for (let i = 0; i < count; i++) records.push(readRecord(cursor, layout))
  if (cursor.remaining !== 0) throw malformed(`${cursor.remaining} bytes follow the last record`)
  return records
}

function readRecord(cursor: Cursor, layout: CodecLayout): AvlRecord {
  const at = cursor.uint64()
  if (at > MAX_TIME_MS) throw malformed('time stamp beyond any calendar')
  const record: AvlRecord = {
    at,
    priority: cursor.uint(1),
    longitude: cursor.int(4),
    latitude: cursor.int(4),
    altitude: cursor.int(2),
    angle: cursor.uint(2),
    satellites: cursor.uint(1),
    speed: cursor.uint(2),
    eventId: cursor.uint(layout.idBytes),
    ...(layout.generation ? { generation: cursor.uint(1) } : {}),
    elements: [],
  }
  // The total is redundant: the counts of the groups decide, the second record count and the CRC guard the rest.
  cursor.uint(layout.countBytes)
  for (const width of WIDTHS) {
    for (let n = cursor.uint(layout.countBytes); n > 0; n--) {
      record.elements.push({ id: cursor.uint(layout.idBytes), bytes: cursor.take(width), variable: false })
    }
  }
  if (!layout.variable) return record
  for (let n = cursor.uint(2); n > 0; n--) {
    const id = cursor.uint(2)
    record.elements.push({ id, bytes: cursor.take(cursor.uint(2)), variable: true })
  }
  return record
}

/**
 * One whole TCP packet of up to 255 records; elements are sent in the order given, shorter ones first.
 * Throws `OpsError('INPUT_INVALID')` for what the codec cannot carry.
 */
export function encodeRecords(records: readonly AvlRecord[], layout: CodecLayout): Uint8Array {
  if (records.length < 1 || records.length > 0xff) refuse(`${records.length} records: want 1 to 255`)
  const out: number[] = [layout.codec, records.length]
  for (const record of records) writeRecord(out, record, layout)
  out.push(records.length)
  return wrapPacket(Uint8Array.from(out))
}

function writeRecord(out: number[], record: AvlRecord, layout: CodecLayout): void {
  const head = new DataView(new ArrayBuffer(24))
  head.setBigUint64(0, BigInt(record.at))
  head.setUint8(8, record.priority)
  head.setInt32(9, record.longitude)
  head.setInt32(13, record.latitude)
  head.setInt16(17, record.altitude)
  head.setUint16(19, record.angle)
  head.setUint8(21, record.satellites)
  head.setUint16(22, record.speed)
  out.push(...new Uint8Array(head.buffer))
  writeUint(out, record.eventId, layout.idBytes, 'event id')
  if (layout.generation) out.push(record.generation ?? 0)
  writeUint(out, record.elements.length, layout.countBytes, 'number of elements')
  for (const width of WIDTHS) {
    const group = record.elements.filter((e) => !e.variable && e.bytes.length === width)
    writeUint(out, group.length, layout.countBytes, 'number of elements')
    for (const { id, bytes } of group) {
      writeUint(out, id, layout.idBytes, 'AVL id')
      out.push(...bytes)
    }
  }
  writeVariable(out, record, layout)
}

function writeVariable(out: number[], record: AvlRecord, layout: CodecLayout): void {
  const group = record.elements.filter((e) => e.variable || ![1, 2, 4, 8].includes(e.bytes.length))
  if (!layout.variable) {
    if (group.length > 0) refuse(`${layout.name} carries values of 1, 2, 4 or 8 bytes only, AVL id ${group[0]?.id}`)
    return
  }
  writeUint(out, group.length, 2, 'number of elements')
  for (const { id, bytes } of group) {
    writeUint(out, id, 2, 'AVL id')
    writeUint(out, bytes.length, 2, 'length')
    out.push(...bytes)
  }
}

function writeUint(out: number[], value: number, width: 1 | 2, what: string): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width)) {
    refuse(`${what} ${value} does not fit in ${width} bytes`)
  }
  if (width === 2) out.push(value >>> 8)
  out.push(value & 0xff)
}

function refuse(message: string): never {
  throw new OpsError('INPUT_INVALID', message)
}
