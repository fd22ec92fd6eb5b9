import * as fc from 'fast-check'
import type { Reading } from '../driver.ts'
import { RECEIVED_AT } from './fixed/field.arbitrary.ts'
import { labelled } from './fixed/layout.ts'

const at = RECEIVED_AT
const reading = (kind: 'battery' | 'temperature' | 'humidity', value: number): Reading => ({
  ...labelled(kind, at),
  value,
})

const battery = fc.integer({ min: 0, max: 100 }).map((percent) => reading('battery', percent))
const temperature = fc.oneof(
  fc.integer({ min: -32_768, max: 32_766 }).map((tenths) => reading('temperature', tenths / 10)),
  fc.constant<Reading>({
    ...labelled('temperature', at),
    exception: 'ERROR_CONDITION',
    reason: 'sentinel',
    raw: 0x7fff,
  }),
)
const humidity = fc.integer({ min: 0, max: 200 }).map((halves) => reading('humidity', halves / 2))

/** The device sends what changed: any part of the three, in their order. */
export const arbitrary = fc
  .tuple(battery, temperature, humidity)
  .chain((all) => fc.subarray(all, { minLength: 1 }))
  .map((observations) => ({ observations }))
