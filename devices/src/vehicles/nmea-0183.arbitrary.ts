import * as fc from 'fast-check'
import type { Observation } from '../driver.ts'

const receivedAt = Date.UTC(2026, 0, 15, 8)

const where = fc.record({
  latitude: fc.integer({ min: -90e7, max: 90e7 }).map((n) => (n === 0 ? 0 : n / 1e7)),
  longitude: fc.integer({ min: -180e7, max: 180e7 }).map((n) => (n === 0 ? 0 : n / 1e7)),
})
const speedKmh = fc.option(
  fc.integer({ min: 0, max: 900_000 }).map((n) => n / 1000),
  { nil: undefined },
)
const headingDeg = fc.option(
  fc.integer({ min: 0, max: 36_000 }).map((n) => n / 100),
  { nil: undefined },
)

const rmc = fc
  .record({ at: fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2079, 11, 31) }), where, speedKmh, headingDeg })
  .map(({ at, where: place, ...motion }): Observation[] => [{ kind: 'position', at, ...place, ...defined(motion) }])

// The date of a GGA is the one nearest to reception, so its time must lie within half a day.
const gga = fc
  .record({
    at: fc.integer({ min: receivedAt - 43_000_000, max: receivedAt + 43_000_000 }),
    where,
    altitudeM: fc.integer({ min: -50_000, max: 900_000 }).map((n) => (n === 0 ? 0 : n / 100)),
    satellites: fc.nat(40),
  })
  .map(({ at, where: place, ...rest }): Observation[] => [{ kind: 'position', at, ...place, ...rest }])

const vtg = fc.record({ speedKmh, headingDeg }).map((motion): Observation[] => {
  const out: Observation[] = []
  if (motion.speedKmh !== undefined) out.push({ kind: 'speed', at: receivedAt, value: motion.speedKmh, unit: 'KMH' })
  if (motion.headingDeg !== undefined)
    out.push({ kind: 'heading', at: receivedAt, value: motion.headingDeg, unit: 'DD' })
  return out
})

function defined<T extends object>(record: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

/** Positions as RMC and GGA carry them, motion as VTG does, and the void fix. */
export const arbitrary = fc.oneof(rmc, gga, vtg).map((observations) => ({ observations, context: { receivedAt } }))
