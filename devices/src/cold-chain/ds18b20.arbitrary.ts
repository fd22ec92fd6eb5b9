import * as fc from 'fast-check'
import type { Reading } from '../driver.ts'
import { RECEIVED_AT } from './fixed/field.arbitrary.ts'
import { labelled } from './fixed/layout.ts'

/** 85 C is the power-on value and never a temperature. */
const POWER_ON = 85 * 16

/** Every temperature of the chip, in sixteenths as it measures, in millidegrees as the kernel cuts them. */
export const arbitrary = fc
  .integer({ min: -55 * 16, max: 125 * 16 })
  .filter((raw) => raw !== POWER_ON)
  .map((raw): { observations: Reading[] } => ({
    observations: [{ ...labelled('temperature', RECEIVED_AT), value: (Math.trunc(raw * 62.5) + 0) / 1000 }],
  }))
