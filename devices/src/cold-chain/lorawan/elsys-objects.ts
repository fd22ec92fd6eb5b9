import type { Quantity } from '@waytrace/standard'

/** One number of an object: a signed or unsigned big-endian integer of `size` bytes at `offset` of its value. */
export interface ElsysNumber {
  kind: Quantity
  channel?: string
  offset: number
  size: 1 | 2 | 4
  signed: boolean
  /** Divisor of the raw value; `switch` gives a boolean. */
  divisor: number | 'switch'
  sentinels: readonly number[]
}

export interface ElsysObject {
  type: number
  size: number
  numbers: readonly ElsysNumber[]
}

/** A sensor that is not there reads the largest positive temperature. */
const NO_TEMPERATURE = [0x7fff]

type Row = [kind: Quantity, channel: string | undefined, size: 1 | 2 | 4, divisor: number | 'switch', signed?: 'signed']

/**
 * The object types of Elsys payloads (elsys.se/en/elsys-payload; the same table in TheThingsNetwork/lorawan-devices
 * `vendor/elsys/elsys.js`). Objects without numbers are skipped by their size.
 */
export const ELSYS_OBJECTS: readonly ElsysObject[] = [
  object(0x01, ['temperature', undefined, 2, 10, 'signed']),
  object(0x02, ['humidity', undefined, 1, 1]),
  // 63 is 1 G.
  object(
    0x03,
    ['acceleration', 'x', 1, 63, 'signed'],
    ['acceleration', 'y', 1, 63, 'signed'],
    ['acceleration', 'z', 1, 63, 'signed'],
  ),
  object(0x04, ['illuminance', undefined, 2, 1]),
  object(0x05, ['count', 'motion', 1, 1]),
  object(0x06, ['co2', undefined, 2, 1]),
  object(0x07, ['voltage', 'battery', 2, 1000]),
  object(0x08, ['voltage', 'analog-1', 2, 1000]),
  { type: 0x09, size: 6, numbers: [] },
  object(0x0a, ['count', 'pulse-1', 2, 1]),
  object(0x0b, ['count', 'pulse-1-total', 4, 1]),
  object(0x0c, ['temperature', 'external', 2, 10, 'signed']),
  object(0x0d, ['state', 'digital', 1, 'switch']),
  object(0x0e, ['distance', undefined, 2, 1000]),
  object(0x0f, ['count', 'acceleration-motion', 1, 1]),
  object(0x10, ['temperature', 'ir-internal', 2, 10, 'signed'], ['temperature', 'ir-external', 2, 10, 'signed']),
  object(0x11, ['count', 'occupancy', 1, 1]),
  object(0x12, ['count', 'water-leak', 1, 1]),
  { type: 0x13, size: 65, numbers: [] },
  // Thousandths of hPa are tenths of Pa.
  object(0x14, ['pressure', undefined, 4, 10, 'signed']),
  object(0x15, ['generic', 'sound-peak', 1, 1], ['generic', 'sound-average', 1, 1]),
  object(0x16, ['count', 'pulse-2', 2, 1]),
  object(0x17, ['count', 'pulse-2-total', 4, 1]),
  object(0x18, ['voltage', 'analog-2', 2, 1000]),
  object(0x19, ['temperature', 'external-2', 2, 10, 'signed']),
  object(0x1a, ['state', 'digital-2', 1, 'switch']),
  object(0x1b, ['voltage', 'load-cell', 4, 1_000_000, 'signed']),
  object(0x1c, ['generic', 'tvoc-ppb', 2, 1]),
  { type: 0x3d, size: 4, numbers: [] },
]

function object(type: number, ...rows: Row[]): ElsysObject {
  let size = 0
  const numbers = rows.map(([kind, channel, bytes, divisor, sign]): ElsysNumber => {
    const offset = size
    size += bytes
    const sentinels = kind === 'temperature' ? NO_TEMPERATURE : []
    return { kind, ...(channel && { channel }), offset, size: bytes, signed: sign === 'signed', divisor, sentinels }
  })
  return { type, size, numbers }
}
