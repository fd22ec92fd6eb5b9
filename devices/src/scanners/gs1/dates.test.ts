import { expect, it } from 'vitest'
import { isoDate, isoDateTime } from './dates.ts'

const in2026 = Date.UTC(2026, 0, 15)

it('chooses the year between 49 before and 50 after now', () => {
  expect(isoDate('760131', in2026)).toBe('2076-01-31')
  expect(isoDate('770131', in2026)).toBe('1977-01-31')
  expect(isoDate('000131', Date.UTC(2099, 0, 1))).toBe('2100-01-31')
  expect(isoDate('490131', Date.UTC(2099, 0, 1))).toBe('2149-01-31')
  expect(isoDate('500131', Date.UTC(2099, 0, 1))).toBe('2050-01-31')
})

it('takes day 00 as the end of the month, leap years included', () => {
  expect(isoDate('260200', in2026)).toBe('2026-02-28')
  expect(isoDate('280200', in2026)).toBe('2028-02-29')
  expect(isoDate('261200', in2026)).toBe('2026-12-31')
})

it('states a time without a zone, as the label does', () => {
  expect(isoDateTime('2601160605', in2026)).toBe('2026-01-16T06:05')
})
