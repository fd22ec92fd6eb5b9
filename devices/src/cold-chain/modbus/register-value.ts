import { OpsError } from '@waytrace/standard'
import { type FaultReason, measured, type Reading } from '../../driver.ts'
import { float32Decimal, scaled, unscaled } from '../fixed/decimal.ts'
import { labelled } from '../fixed/layout.ts'
import { channelOf, type RegisterEntry, readsBits } from './map.ts'

const LIMITS = {
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
} as const

/** The entry's reading from the block's data, `index` registers or bits behind its start. */
export function readEntry(entry: RegisterEntry, data: Uint8Array, index: number, at: number): Reading {
  const label = labelled(entry.kind, at, channelOf(entry))
  if (entry.type === 'bool') return { ...label, value: readBool(entry, data, index) }
  const bytes = ordered(entry, data.subarray(index * 2))
  const raw = readNumber(entry.type, bytes)
  if (!Number.isFinite(raw))
    return { ...label, exception: 'ERROR_CONDITION', reason: 'not-available', raw: String(raw) }
  return measured({ ...label, raw, sentinels: entry.sentinels }, (n) => scaled(n, entry.scale, entry.offset))
}

/** The entry as a failed reading, where the device answered with an exception. */
export function failedEntry(entry: RegisterEntry, reason: FaultReason, raw: number, at: number): Reading {
  return { ...labelled(entry.kind, at, channelOf(entry)), exception: 'ERROR_CONDITION', reason, raw }
}

/** Writes the reading where the device would keep it; a failed one as its raw value or the entry's first sentinel. */
export function writeEntry(entry: RegisterEntry, reading: Reading | undefined, data: Uint8Array, index: number): void {
  if (entry.type === 'bool') {
    writeBool(entry, reading?.value === true, data, index)
    return
  }
  const raw = rawNumber(entry, reading)
  const bytes = new Uint8Array(entry.type === 'int16' || entry.type === 'uint16' ? 2 : 4)
  const view = new DataView(bytes.buffer)
  if (entry.type === 'float32') view.setFloat32(0, raw)
  else if (bytes.length === 2) view.setUint16(0, raw & 0xffff)
  else view.setUint32(0, raw >>> 0)
  data.set(ordered(entry, bytes), index * 2)
}

function rawNumber(entry: RegisterEntry, reading: Reading | undefined): number {
  const { value, raw } = reading ?? {}
  if (typeof value !== 'number') return typeof raw === 'string' ? Number(raw) : (raw ?? entry.sentinels[0] ?? 0)
  if (entry.type === 'float32') return (value - entry.offset) / entry.scale
  const number = unscaled(value, entry.scale, entry.offset)
  const [min, max] = entry.type === 'bool' ? [0, 1] : LIMITS[entry.type]
  if (number < min || number > max) throw new OpsError('INPUT_INVALID', `${entry.kind}: ${value} does not fit`)
  return number
}

function readNumber(type: Exclude<RegisterEntry['type'], 'bool'>, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (type) {
    case 'int16':
      return view.getInt16(0)
    case 'uint16':
      return view.getUint16(0)
    case 'int32':
      return view.getInt32(0)
    case 'uint32':
      return view.getUint32(0)
    case 'float32':
      return float32Decimal(view.getFloat32(0))
  }
}

/** The entry's bytes, highest first: its own inverse, so it serves both ways. */
function ordered({ type, wordOrder }: RegisterEntry, source: Uint8Array): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0] = source
  if (type === 'int16' || type === 'uint16') {
    return wordOrder === 'ABCD' || wordOrder === 'CDAB' ? Uint8Array.of(a, b) : Uint8Array.of(b, a)
  }
  switch (wordOrder) {
    case 'ABCD':
      return Uint8Array.of(a, b, c, d)
    case 'CDAB':
      return Uint8Array.of(c, d, a, b)
    case 'BADC':
      return Uint8Array.of(b, a, d, c)
    case 'DCBA':
      return Uint8Array.of(d, c, b, a)
  }
}

/** Coils are packed from the lowest bit of the first byte on; a bool in a register is one bit of it, or any. */
function readBool(entry: RegisterEntry, data: Uint8Array, index: number): boolean {
  if (readsBits(entry.function)) return (((data[index >> 3] ?? 0) >> (index & 7)) & 1) === 1
  const register = (data[index * 2] ?? 0) * 256 + (data[index * 2 + 1] ?? 0)
  return entry.bit === undefined ? register !== 0 : ((register >> entry.bit) & 1) === 1
}

function writeBool(entry: RegisterEntry, on: boolean, data: Uint8Array, index: number): void {
  if (!on) return
  if (readsBits(entry.function)) {
    data[index >> 3] = (data[index >> 3] ?? 0) | (1 << (index & 7))
    return
  }
  const bit = entry.bit ?? 0
  const place = index * 2 + (bit > 7 ? 0 : 1)
  data[place] = (data[place] ?? 0) | (1 << (bit & 7))
}
