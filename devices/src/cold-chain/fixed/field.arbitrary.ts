import * as fc from 'fast-check'
import type { Reading } from '../../driver.ts'
import { type Field, labelled, readingOf } from './layout.ts'

export const RECEIVED_AT = Date.UTC(2026, 0, 15, 8)

/** Any reading the field can hold, faults among them. */
export function fieldReading(field: Field): fc.Arbitrary<Reading> {
  const raw = fc.integer({ min: field.slot.min, max: field.slot.max })
  const fault = fc.constantFrom(...(field.sentinels.length > 0 ? field.sentinels : [field.slot.min]))
  return fc.oneof({ weight: 9, arbitrary: raw }, fault).map((value) => readingOf(field, value, RECEIVED_AT))
}

/** One reading of each field, in order. */
export function fieldReadings(fields: readonly Field[]): fc.Arbitrary<Reading[]> {
  return fc.tuple(...fields.map(fieldReading))
}

/** An address of `length` bytes, as a device tells it; all ones would mean that it does not. */
export function macReading(length: number): fc.Arbitrary<Reading> {
  return fc
    .uint8Array({ minLength: length, maxLength: length })
    .filter((bytes) => bytes.some((byte) => byte !== 0xff))
    .map((bytes) => {
      const value = [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')
      return { ...labelled('identity', RECEIVED_AT, 'mac'), value }
    })
}
