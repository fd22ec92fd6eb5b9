import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type CivilTime, civilTime, instantsOf, isZone } from './local-time.ts'
import { isTimeFormat, timeFormat } from './time-format.ts'

const civil = (text: string): CivilTime => {
  const parsed = timeFormat('iso').parse(text)
  if (parsed === undefined || !('civil' in parsed)) throw new Error(`no civil time: ${text}`)
  return parsed.civil
}
const instants = (text: string, zone: string) => instantsOf(civil(text), zone).map((ms) => new Date(ms).toISOString())

it('knows winter and summer time', () => {
  expect(instants('2026-01-15 09:00', 'Europe/Berlin')).toEqual(['2026-01-15T08:00:00.000Z'])
  expect(instants('2026-07-15 09:00', 'Europe/Berlin')).toEqual(['2026-07-15T07:00:00.000Z'])
  expect(instants('2026-07-15 09:00', 'Asia/Kathmandu')).toEqual(['2026-07-15T03:15:00.000Z'])
})

it('gives both instants of a repeated hour, none of a skipped one', () => {
  expect(instants('2026-10-25 02:30', 'Europe/Berlin')).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T01:30:00.000Z',
  ])
  expect(instants('2026-03-29 02:30', 'Europe/Berlin')).toEqual([])
  expect(instants('2026-03-08 02:30', 'America/New_York')).toEqual([])
})

it('has no 30 February', () => {
  expect(instants('2026-02-30 02:30', 'UTC')).toEqual([])
})

it('finds every instant again by its civil time', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Shanghai',
    'Pacific/Apia',
  )
  const time = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2035, 0, 1) })
  return fc.assert(
    fc.property(time, zones, (ms, zone) => {
      expect(instantsOf(civilTime(ms, zone), zone)).toContain(ms)
    }),
  )
})

it('knows zones by their IANA names', () => {
  expect(isZone('Europe/Berlin')).toBe(true)
  expect(isZone('Europe/Nowhere')).toBe(false)
})

it('reads what it prints, in every kind of format', () => {
  const formats = fc.constantFrom(
    'iso',
    'unix-ms',
    'dd.MM.yyyy HH:mm:ss.SSS',
    'M/d/yy h:mm:ss.SSS a',
    'yyyyMMddHHmmssSSS',
  )
  const time = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 11, 31) })
  return fc.assert(
    fc.property(time, formats, (ms, format) => {
      const { parse, print } = timeFormat(format)
      const parsed = parse(print(civilTime(ms, 'UTC'), ms))
      expect(parsed && ('instant' in parsed ? [parsed.instant] : instantsOf(parsed.civil, 'UTC'))).toEqual([ms])
    }),
  )
})

it('refuses formats that do not name a day', () => {
  expect(isTimeFormat('dd.MM.yyyy')).toBe(true)
  expect(isTimeFormat('HH:mm')).toBe(false)
})
