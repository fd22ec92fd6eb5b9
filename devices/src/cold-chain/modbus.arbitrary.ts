import * as fc from 'fast-check'
import type { Reading } from '../driver.ts'
import { float32Decimal, scaled } from './fixed/decimal.ts'
import { RECEIVED_AT } from './fixed/field.arbitrary.ts'
import { labelled } from './fixed/layout.ts'

type Type = 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'bool'

const RANGE = {
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
} as const

const entry = fc
  .record({
    type: fc.constantFrom<Type>('int16', 'uint16', 'int32', 'uint32', 'float32', 'bool'),
    wordOrder: fc.constantFrom('ABCD', 'CDAB', 'BADC', 'DCBA'),
    scale: fc.constantFrom(1, 0.1, 0.01, 0.5, 10),
    gap: fc.nat(3),
  })
  .chain((given) => anyValue(given.type, given.scale).map((value) => ({ ...given, value })))

/** Registers of all types and orders, with and without gaps, and a value for each. */
export const arbitrary = fc.array(entry, { minLength: 1, maxLength: 12 }).map((entries) => {
  let free = 40
  const map = entries.map(({ type, wordOrder, scale, gap }, i) => {
    const address = free + gap
    free = address + (type.endsWith('32') ? 2 : 1)
    const kind = type === 'bool' ? 'state' : 'generic'
    return {
      name: `register ${i}`,
      kind,
      address,
      type,
      wordOrder,
      ...(type !== 'bool' && type !== 'float32' && { scale }),
    }
  })
  const observations = entries.map(({ type, value }, i): Reading => {
    return { ...labelled(type === 'bool' ? 'state' : 'generic', RECEIVED_AT, `register ${i}`), value }
  })
  return { observations, options: { map, unit: 7 } }
})

function anyValue(type: Type, scale: number): fc.Arbitrary<number | boolean> {
  if (type === 'bool') return fc.boolean()
  if (type === 'float32') {
    return fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => scaled(float32Decimal(value), 1))
  }
  const [min, max] = RANGE[type]
  return fc.integer({ min, max }).map((raw) => scaled(raw, scale))
}
