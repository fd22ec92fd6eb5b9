import * as fc from 'fast-check'
import type { Reading } from '../driver.ts'
import { fieldReadings, macReading, RECEIVED_AT } from './fixed/field.arbitrary.ts'
import { DF6, type Df6Layout, E1 } from './ruuvi/df6-layouts.ts'

const calibration = fc.constantFrom('in-progress', 'complete').map((value): Reading => {
  return { kind: 'mode', at: RECEIVED_AT, channel: 'calibration', value }
})

const readingsOf = ({ fields, sequence }: Df6Layout, macLength: number) =>
  fc
    .tuple(fieldReadings([...fields, sequence]), calibration, macReading(macLength))
    .map(([readings, state, mac]) => ({ observations: [...readings, state, mac] }))

export const arbitrary = fc.oneof(readingsOf(DF6, 3), readingsOf(E1, 6))
