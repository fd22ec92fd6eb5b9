import * as fc from 'fast-check'
import { fieldReadings, macReading } from './fixed/field.arbitrary.ts'
import { DF5_FIELDS } from './ruuvi/df5-fields.ts'

export const arbitrary = fc
  .tuple(fieldReadings(DF5_FIELDS), fc.option(macReading(6), { nil: undefined }))
  .map(([readings, mac]) => ({ observations: [...readings, ...(mac ? [mac] : [])] }))
