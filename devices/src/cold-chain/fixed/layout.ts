import { OpsError, QUANTITIES, type Quantity } from '@waytrace/standard'
import { measured, type Observation, type Reading } from '../../driver.ts'

/** Where a raw integer lies in a frame. */
export interface Slot {
  min: number
  max: number
  read(view: DataView): number
  write(view: DataView, raw: number): void
}

/** One measured field of a fixed layout: `raw` values in `sentinels` are faults and are never scaled. */
export interface Field {
  kind: Quantity
  channel?: string
  slot: Slot
  /** Raw values that mean a fault; the first one is written for a value that is not there. */
  sentinels: readonly number[]
  scale(raw: number): number
  unscale(value: number): number
}

export const i16 = (at: number): Slot => ({
  min: -0x8000,
  max: 0x7fff,
  read: (view) => view.getInt16(at),
  write: (view, raw) => view.setInt16(at, raw),
})

export const u16 = (at: number): Slot => ({
  min: 0,
  max: 0xffff,
  read: (view) => view.getUint16(at),
  write: (view, raw) => view.setUint16(at, raw),
})

export const u8 = (at: number): Slot => ({
  min: 0,
  max: 0xff,
  read: (view) => view.getUint8(at),
  write: (view, raw) => view.setUint8(at, raw),
})

export const u24 = (at: number): Slot => ({
  min: 0,
  max: 0xffffff,
  read: (view) => view.getUint16(at) * 0x100 + view.getUint8(at + 2),
  write: (view, raw) => {
    view.setUint16(at, raw >> 8)
    view.setUint8(at + 2, raw & 0xff)
  },
})

/** `width` bits of the big-endian 16-bit word at `at`, above its lowest `shift` bits. */
export const bits16 = (at: number, shift: number, width: number): Slot => {
  const mask = 2 ** width - 1
  return {
    min: 0,
    max: mask,
    read: (view) => (view.getUint16(at) >> shift) & mask,
    write: (view, raw) => view.setUint16(at, (view.getUint16(at) & ~(mask << shift)) | (raw << shift)),
  }
}

/** A 9-bit number: its high eight bits at `at`, its lowest bit in bit `bit` of the byte at `flags`. */
export const split9 = (at: number, flags: number, bit: number): Slot => ({
  min: 0,
  max: 0x1ff,
  read: (view) => (view.getUint8(at) << 1) | ((view.getUint8(flags) >> bit) & 1),
  write: (view, raw) => {
    view.setUint8(at, raw >> 1)
    view.setUint8(flags, (view.getUint8(flags) & ~(1 << bit)) | ((raw & 1) << bit))
  },
})

/** A view of the frame's own bytes, wherever in a larger buffer they lie. */
export function viewOf(frame: Uint8Array): DataView {
  return new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
}

/** Every field as a reading, faults as failed readings. */
export function readFields(fields: readonly Field[], view: DataView, at: number): Reading[] {
  return fields.map((field) => readingOf(field, field.slot.read(view), at))
}

/** One raw value as the field's reading, in the unit its quantity is kept in. */
export function readingOf(field: Pick<Field, 'kind' | 'channel' | 'sentinels' | 'scale'>, raw: number, at: number) {
  const { kind, channel, sentinels, scale } = field
  return measured({ ...labelled(kind, at, channel), raw, sentinels }, scale)
}

/** Kind, time, unit and channel of a reading, the unit being the one its quantity is kept in. */
export function labelled(
  kind: Quantity,
  at: number,
  channel?: string,
): Pick<Reading, 'kind' | 'at' | 'unit' | 'channel'> {
  const quantity: { readonly type: string; readonly uom?: string } = QUANTITIES[kind]
  return {
    kind,
    at,
    ...(quantity.uom === undefined ? {} : { unit: quantity.uom }),
    ...(channel === undefined ? {} : { channel }),
  }
}

/** Writes each field from the reading of its kind and channel; one that is missing or failed is written as a fault. */
export function writeFields(fields: readonly Field[], view: DataView, observations: readonly Observation[]): void {
  for (const field of fields) field.slot.write(view, rawOf(field, findReading(observations, field.kind, field.channel)))
}

/** The raw value of a reading. Throws `INPUT_INVALID` when the field cannot hold it. */
export function rawOf(
  field: Pick<Field, 'kind' | 'slot' | 'sentinels' | 'unscale'>,
  reading: Reading | undefined,
): number {
  const value = reading?.value
  if (typeof value !== 'number') {
    const stated = reading?.raw
    return typeof stated === 'number' && field.sentinels.includes(stated) ? stated : (field.sentinels[0] ?? 0)
  }
  const raw = field.unscale(value)
  if (raw < field.slot.min || raw > field.slot.max || field.sentinels.includes(raw)) {
    throw new OpsError('INPUT_INVALID', `${field.kind}: ${value} does not fit the frame`)
  }
  return raw
}

/** The reading of this kind and channel, if there is one. */
export function findReading(
  observations: readonly Observation[],
  kind: Quantity,
  channel?: string,
): Reading | undefined {
  return observations.find((o): o is Reading => o.kind === kind && (o as Reading).channel === channel)
}
