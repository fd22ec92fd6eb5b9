import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FORMS } from '../../../bench/forecast/traces.ts'
import { forecastSeries } from './forecast-series.ts'
import { advance, type Outlook } from './forecaster.ts'
import type { SeriesReading } from './series.ts'
import { type ForecastState, newForecastState } from './state.ts'

const MINUTE = 60_000
const HORIZON = 15 * MINUTE
const START = Date.UTC(2025, 2, 3)

const series = (values: readonly number[], everyMs = 5 * MINUTE): SeriesReading[] =>
  values.map((value, i) => ({ at: START + i * everyMs, value }))

function run(readings: readonly SeriesReading[], limit: number, state: ForecastState = newForecastState(HORIZON)) {
  return readings.map((reading) => advance(state, reading, limit))
}

function made(form: keyof typeof FORMS, seed: number, days = 3): SeriesReading[] {
  const { at, value } = (FORMS[form] as (typeof FORMS)[string]).make(seed, days)
  return at.map((time, i) => ({ at: time, value: value[i] as number }))
}

const forms = fc.constantFrom(...(Object.keys(FORMS) as (keyof typeof FORMS)[]))
const trace = fc.record({ form: forms, seed: fc.nat(1000) }).map(({ form, seed }) => made(form, seed, 2))
/** A limit that the trace is near to now and then. */
const near = (readings: readonly SeriesReading[], q = 0.97) =>
  readings.map(({ value }) => value as number).sort((a, b) => a - b)[Math.floor(readings.length * q)] as number

describe('laws of the forecast', () => {
  it('a shift of all times shifts the answers and changes nothing else', () => {
    fc.assert(
      fc.property(trace, fc.integer({ min: -1e9, max: 1e9 }), (readings, shift) => {
        const limit = near(readings)
        const moved = readings.map((reading) => ({ ...reading, at: reading.at + shift }))
        const back = (outlook: Outlook | undefined) =>
          outlook && [outlook.probability, outlook.breachAt - outlook.at, outlook.warning]
        expect(run(moved, limit).map(back)).toEqual(run(readings, limit).map(back))
      }),
      { numRuns: 8 },
    )
  })

  it('readings that come after now change nothing that was said before', () => {
    fc.assert(
      fc.property(trace, fc.nat(500), (readings, cut) => {
        const limit = near(readings)
        expect(run(readings.slice(0, cut), limit)).toEqual(run(readings, limit).slice(0, cut))
      }),
      { numRuns: 8 },
    )
  })

  it('the same series in another unit gives the same chances', () => {
    fc.assert(
      // Powers of two, so that the numbers themselves are exact.
      fc.property(trace, fc.constantFrom(0.25, 0.5, 2, 64), (readings, factor) => {
        const limit = near(readings)
        const scaled = readings.map(({ at, value }) => ({ at, value: (value as number) * factor }))
        const chances = (outlook: Outlook | undefined) => outlook && [outlook.within, outlook.breachAt, outlook.warning]
        expect(run(scaled, limit * factor).map(chances)).toEqual(run(readings, limit).map(chances))
      }),
      { numRuns: 8 },
    )
  })

  it('a lower limit is the upper limit of the series upside down', () => {
    const readings = made('office', 3)
    const upper = near(readings, 0.95)
    const down = readings.map(({ at, value }) => ({ at, value: -(value as number) }))
    const times = (list: readonly { at: number; breachAt: number }[]) => list.map(({ at, breachAt }) => [at, breachAt])
    expect(times(forecastSeries(down, { lower: -upper, horizonMs: HORIZON }).warnings)).toEqual(
      times(forecastSeries(readings, { upper, horizonMs: HORIZON }).warnings),
    )
  })

  it('goes on after a restart as if there had been none', () => {
    fc.assert(
      fc.property(trace, fc.integer({ min: 1, max: 550 }), (readings, cut) => {
        const limit = near(readings)
        const state = newForecastState(HORIZON)
        run(readings.slice(0, cut), limit, state)
        const woken: ForecastState = JSON.parse(JSON.stringify(state))
        expect(run(readings.slice(cut), limit, woken)).toEqual(run(readings, limit).slice(cut))
      }),
      { numRuns: 8 },
    )
  })

  it('chances lie between 0 and 1, never fall with a longer time ahead, and the times stand in order', () => {
    fc.assert(
      fc.property(trace, (readings) => {
        for (const outlook of run(readings, near(readings, 0.9))) {
          if (outlook === undefined) continue
          const [a = 0, b = 0, c = 0] = outlook.within
          expect(0 <= a && a <= b && b <= c && c <= 1).toBe(true)
          expect(outlook.at <= outlook.earliest && outlook.earliest <= outlook.breachAt).toBe(true)
          expect(outlook.breachAt <= outlook.latest && outlook.latest <= outlook.at + 4 * HORIZON).toBe(true)
        }
      }),
      { numRuns: 8 },
    )
  })

  it('keeps a state that does not grow with the series', () => {
    const state = newForecastState(HORIZON)
    run(made('fridge', 1, 4), 9, state)
    const early = JSON.stringify(state).length
    const everySecond = Array.from({ length: 20_000 }, (_, i) => ({
      at: START + 40 * 86_400_000 + i * 1000,
      value: 5 + Math.sin(i / 500),
    }))
    run(everySecond, 9, state)
    expect(JSON.stringify(state).length).toBeLessThan(early * 1.8)
  })
})

describe('scenes of a box', () => {
  /** A steady box with a little noise that starts to warm at a constant speed. */
  const warming = (perHour: number, from = 288) =>
    Array.from({ length: from + 60 }, (_, i) => 4 + 0.1 * Math.sin(i * 1.7) + Math.max(0, i - from) * (perHour / 12))
  const firstWarning = (readings: readonly SeriesReading[], limit: number) =>
    run(readings, limit).find((outlook) => outlook?.warning === true)

  it('a compressor fails: the warning comes at least 15 minutes before the limit, not hours', () => {
    const readings = series(warming(2))
    const breach = readings.find(({ value }) => (value as number) > 8)
    const first = firstWarning(readings, 8)
    const lead = ((breach?.at ?? 0) - (first?.at ?? Number.POSITIVE_INFINITY)) / MINUTE
    expect(lead).toBeGreaterThanOrEqual(15)
    expect(lead).toBeLessThanOrEqual(60)
  })

  it('a box that is steady far from its limit is never warned of', () => {
    expect(firstWarning(series(warming(0)), 8)).toBeUndefined()
  })

  it('one spike beyond the limit is no trend: nothing is warned of after it', () => {
    const values = warming(0)
    values[200] = 7.9
    expect(firstWarning(series(values), 8)).toBeUndefined()
  })

  it('failed measurements and a device that was silent for two hours are gaps, not zeroes', () => {
    const readings = series(warming(0)).map((reading, i) => (i % 7 === 0 ? { at: reading.at } : reading))
    const gappy = readings.filter((_, i) => i < 100 || i > 124)
    expect(firstWarning(gappy, 8)).toBeUndefined()
    expect(run([{ at: START }, { at: START + 1, value: Number.NaN }], 8)).toEqual([undefined, undefined])
  })

  it('late readings are heard, answer nothing, and the warning comes all the same', () => {
    const readings = series(warming(2))
    const late = [...readings]
    for (let i = 50; i + 1 < late.length; i += 10)
      [late[i], late[i + 1]] = [late[i + 1] as SeriesReading, late[i] as SeriesReading]
    const breach = readings.find(({ value }) => (value as number) > 8)
    const first = firstWarning(late, 8)
    expect((breach?.at ?? 0) - (first?.at ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(15 * MINUTE)
  })

  it('readings at odd times are judged by their times, not by their number', () => {
    const even = series(warming(2))
    const odd = even
      .filter((_, i) => i % 3 !== 1)
      .map(({ at, value }, i) => ({ at: at + (i % 4) * 20_000, value: value as number }))
    const breach = odd.find(({ value }) => value > 8)
    const first = firstWarning(odd, 8)
    expect((breach?.at ?? 0) - (first?.at ?? Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(15 * MINUTE)
  })

  it('while the limit is broken there is nothing to foresee, and for a while after it', () => {
    const values = warming(0)
    for (let i = 250; i < 260; i++) values[i] = 9
    const outlooks = run(series(values), 8)
    expect(outlooks.slice(250, 260).every((outlook) => outlook === undefined)).toBe(true)
    expect(outlooks.slice(260, 268).some((outlook) => outlook?.warning)).toBe(false)
  })

  it('a sensor that never moves says nothing, and that is no error', () => {
    expect(run(series(new Array(100).fill(5)), 8).every((outlook) => outlook === undefined)).toBe(true)
  })
})
