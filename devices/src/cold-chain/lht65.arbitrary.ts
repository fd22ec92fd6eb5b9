import * as fc from 'fast-check'
import type { Reading } from '../driver.ts'
import { RECEIVED_AT } from './fixed/field.arbitrary.ts'
import { labelled } from './fixed/layout.ts'

const at = RECEIVED_AT

const temperature = (channel: string) =>
  fc
    .integer({ min: -4000, max: 12_500 })
    .map((n): Reading => ({ ...labelled('temperature', at, channel), value: n / 100 }))

const probe: fc.Arbitrary<Reading[]> = fc.oneof(
  fc.constant<Reading[]>([]),
  temperature('probe').map((reading) => [reading]),
  fc
    .integer({ min: -0x8000, max: 0x7fff })
    .map((raw): Reading[] => [
      { ...labelled('temperature', at, 'probe'), exception: 'ERROR_CONDITION', reason: 'disconnected', raw },
    ]),
  fc.nat(0xffff).map((value): Reading[] => [{ ...labelled('illuminance', at, 'external'), value }]),
  fc.nat(0xffff).map((value): Reading[] => [{ ...labelled('voltage', at, 'external'), value: value / 1000 }]),
  fc.nat(0xffff).map((value): Reading[] => [{ ...labelled('count', at, 'external'), value }]),
)

export const arbitrary = fc
  .tuple(
    fc.nat(0x3fff),
    fc.constantFrom('ultra-low', 'low', 'ok', 'good'),
    temperature('built-in'),
    fc.nat(1000),
    probe,
  )
  .map(([mV, status, builtIn, humidity, external]) => ({
    observations: [
      { ...labelled('voltage', at, 'battery'), value: mV / 1000 },
      { ...labelled('mode', at, 'battery'), value: status },
      builtIn,
      { ...labelled('humidity', at), value: humidity / 10 },
      ...external,
    ],
  }))
