import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chanceOfEverLate,
  chanceOfLate,
  type DwellKey,
  dwellThreshold,
  freeze,
  newDwellBook,
  noteDwell,
  thaw,
} from './dwell-book.ts'
import { count, newQuantiles, quantileOf } from './quantiles.ts'

const MINUTE = 60_000
const picking: DwellKey = { stage: 'picked', site: 'site-1', class: 'chilled', hour: 9 }

/** Dwells of a lognormal shape without a random number: its quantiles at equal steps. */
function lognormal(n: number, medianMs: number, sigma: number): number[] {
  const values = Array.from({ length: n }, (_, i) => medianMs * Math.exp(sigma * probit((i + 0.5) / n)))
  // Not sorted: what comes first must not look like everything.
  return values.map((_, i) => values[(i * 37) % n] as number)
}

/** Inverse of the logistic curve, scaled to look like the normal one: near enough for a test. */
const probit = (p: number) => Math.log(p / (1 - p)) / 1.702

function learned(values: readonly number[], key = picking) {
  const book = newDwellBook()
  for (const value of values) noteDwell(book, key, value)
  return book
}

describe('the dwell threshold', () => {
  it('is e^(mean + 2 sigma) of ln(dwell), with the counted 97.5 % point beside it', () => {
    const threshold = dwellThreshold(learned(lognormal(401, 20 * MINUTE, 0.4)), picking)
    expect(threshold?.n).toBe(401)
    expect((threshold?.thresholdMs ?? 0) / (20 * MINUTE)).toBeCloseTo(Math.exp(2 * (threshold?.sigma ?? 0)), 1)
    expect((threshold?.p975Ms ?? 0) / (threshold?.thresholdMs ?? 1)).toBeGreaterThan(0.8)
    expect((threshold?.p975Ms ?? 0) / (threshold?.thresholdMs ?? 1)).toBeLessThan(1.25)
  })

  it('says nothing below the minimum sample', () => {
    expect(dwellThreshold(learned(lognormal(7, MINUTE, 0.3)), picking)).toBeUndefined()
    expect(dwellThreshold(newDwellBook(), picking)).toBeUndefined()
  })

  it('leans on the stage elsewhere while a new site has few dwells, and stands alone from thirty', () => {
    const book = learned(lognormal(200, 60 * MINUTE, 0.3), { ...picking, site: 'site-2' })
    const before = dwellThreshold(book, picking)
    expect(before?.n).toBe(0)
    expect(before?.leanedOn).toBe(200)
    for (const value of lognormal(6, 10 * MINUTE, 0.3)) noteDwell(book, picking, value)
    const between = dwellThreshold(book, picking)
    for (const value of lognormal(60, 10 * MINUTE, 0.3)) noteDwell(book, picking, value)
    const after = dwellThreshold(book, picking)
    expect(between?.mean).toBeLessThan(before?.mean ?? 0)
    expect(between?.mean).toBeGreaterThan(after?.mean ?? 0)
    expect(Math.exp(after?.mean ?? 0) / MINUTE).toBeCloseTo(10, 0)
  })

  it('hardly moves for one pallet forgotten over a weekend', () => {
    const book = learned(lognormal(100, 20 * MINUTE, 0.3))
    const before = dwellThreshold(book, picking)?.thresholdMs ?? 0
    noteDwell(book, picking, 60 * 60 * MINUTE)
    expect((dwellThreshold(book, picking)?.thresholdMs ?? 0) / before).toBeLessThan(1.06)
  })

  it('learns nothing from a site under an incident, until the last incident is over', () => {
    const book = learned(lognormal(100, 20 * MINUTE, 0.3))
    const before = dwellThreshold(book, picking)
    freeze(book, 'site-1')
    freeze(book, 'site-1')
    thaw(book, 'site-1')
    for (let i = 0; i < 50; i++) noteDwell(book, picking, 200 * MINUTE)
    expect(dwellThreshold(book, picking)).toEqual(before)
    expect(book.held).toBe(50)
    thaw(book, 'site-1')
    noteDwell(book, picking, 200 * MINUTE)
    expect(dwellThreshold(book, picking)).not.toEqual(before)
  })

  it('survives being written down and read back', () => {
    const book = learned(lognormal(50, 20 * MINUTE, 0.3))
    const copy = JSON.parse(JSON.stringify(book))
    noteDwell(book, picking, 33 * MINUTE)
    noteDwell(copy, picking, 33 * MINUTE)
    expect(copy).toEqual(book)
  })

  it('ignores a dwell that is no time at all', () => {
    const book = learned(lognormal(20, MINUTE, 0.3))
    const before = JSON.stringify(book)
    for (const bad of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) noteDwell(book, picking, bad)
    expect(JSON.stringify(book)).toBe(before)
  })
})

describe('the chance of being late, given the wait so far', () => {
  const threshold = dwellThreshold(learned(lognormal(300, 20 * MINUTE, 0.4)), picking)
  if (threshold === undefined) throw new Error('no threshold')

  it('never falls while somebody waits', () => {
    fc.assert(
      fc.property(fc.nat(240), fc.nat(240), (a, b) => {
        const [short, long] = [Math.min(a, b) * MINUTE, Math.max(a, b) * MINUTE]
        expect(chanceOfEverLate(threshold, long)).toBeGreaterThanOrEqual(chanceOfEverLate(threshold, short) - 1e-9)
        expect(chanceOfLate(threshold, long, 15 * MINUTE)).toBeGreaterThanOrEqual(
          chanceOfLate(threshold, short, 15 * MINUTE) - 1e-9,
        )
      }),
    )
  })

  it('is nought while the threshold is farther than the horizon, and one beyond it', () => {
    expect(chanceOfLate(threshold, 1, 15 * MINUTE)).toBe(0)
    expect(chanceOfLate(threshold, threshold.thresholdMs, 15 * MINUTE)).toBe(1)
    const near = chanceOfLate(threshold, threshold.thresholdMs - 5 * MINUTE, 15 * MINUTE)
    expect(near).toBeGreaterThan(0.3)
    expect(near).toBeLessThan(1)
  })
})

describe('the quantile sketch', () => {
  const values = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 200 })

  it('is right to two percent', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, q) => {
        const sketch = newQuantiles()
        for (const value of list) count(sketch, value)
        const sorted = [...list].sort((a, b) => a - b)
        const exact = sorted[Math.max(0, Math.ceil(q * list.length - 1e-9) - 1)] as number
        expect(Math.abs((quantileOf(sketch, q) ?? 0) / exact - 1)).toBeLessThan(0.0201)
      }),
    )
  })

  it('does not depend on the order of arrival', () => {
    fc.assert(
      fc.property(values, (list) => {
        const [one, other] = [newQuantiles(), newQuantiles()]
        for (const value of list) count(one, value)
        for (const value of [...list].reverse()) count(other, value)
        expect(other).toEqual(one)
      }),
    )
  })
})
