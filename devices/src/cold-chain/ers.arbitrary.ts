import * as fc from 'fast-check'
import type { Reading } from '../driver.ts'
import { scaled } from './fixed/decimal.ts'
import { RECEIVED_AT } from './fixed/field.arbitrary.ts'
import { labelled } from './fixed/layout.ts'
import { ELSYS_OBJECTS, type ElsysNumber } from './lorawan/elsys-objects.ts'

const objects = ELSYS_OBJECTS.filter((object) => object.numbers.length > 0)

/** Any set of objects, in order of their type, with any values. */
export const arbitrary = fc
  .subarray(objects, { minLength: 1 })
  .chain((some) => fc.tuple(...some.flatMap((object) => object.numbers).map(readingOf)))
  .map((observations) => ({ observations }))

function readingOf({ kind, channel, size, signed, divisor, sentinels }: ElsysNumber): fc.Arbitrary<Reading> {
  const label = labelled(kind, RECEIVED_AT, channel)
  if (divisor === 'switch') return fc.boolean().map((value) => ({ ...label, value }))
  const limit = 2 ** (size * 8)
  const [min, max] = signed ? [-limit / 2, limit / 2 - 1] : [0, limit - 1]
  return fc
    .integer({ min, max })
    .map((raw) =>
      sentinels.includes(raw)
        ? { ...label, exception: 'ERROR_CONDITION', reason: 'sentinel', raw }
        : { ...label, value: scaled(raw, 1 / divisor) },
    )
}
