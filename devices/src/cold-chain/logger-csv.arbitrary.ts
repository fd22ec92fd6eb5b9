import * as fc from 'fast-check'
import type { Reading } from '../driver.ts'
import { RECEIVED_AT } from './fixed/field.arbitrary.ts'
import { labelled } from './fixed/layout.ts'

const MINUTE = 60_000

const row = fc.record({
  temperature: fc.option(fc.integer({ min: -9000, max: 9000 }), { nil: undefined }),
  humidity: fc.integer({ min: 0, max: 1000 }),
})

/** A logger that writes local time, through the nights on which its zone changes the clock. */
export const arbitrary = fc
  .record({
    rows: fc.array(row, { minLength: 1, maxLength: 40 }),
    delimiter: fc.constantFrom(';', '\t'),
    decimal: fc.constantFrom('.', ','),
    start: fc.constantFrom(RECEIVED_AT, Date.UTC(2026, 9, 24, 23, 30), Date.UTC(2026, 2, 29, 0, 30)),
  })
  .map(({ rows, delimiter, decimal, start }) => ({
    observations: rows.flatMap(({ temperature, humidity }, i) =>
      readings(start + i * 10 * MINUTE, temperature, humidity),
    ),
    options: {
      delimiter,
      decimal,
      time: { columns: ['date', 'time of day'], format: 'dd.MM.yyyy HH:mm', zone: 'Europe/Berlin' },
      columns: [
        { column: 'probe', kind: 'temperature', channel: 'probe', sentinels: ['ERR'] },
        { column: 'rh', kind: 'humidity' },
      ],
    },
  }))

function readings(at: number, temperature: number | undefined, humidity: number): Reading[] {
  const label = labelled('temperature', at, 'probe')
  return [
    temperature === undefined
      ? { ...label, exception: 'ERROR_CONDITION', reason: 'sentinel', raw: 'ERR' }
      : { ...label, value: temperature / 100 },
    { ...labelled('humidity', at), value: humidity / 10 },
  ]
}
