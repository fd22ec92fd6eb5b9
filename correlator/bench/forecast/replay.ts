import type { SeriesReading } from '../../src/alarms/forecast/index.ts'
import { seeded } from './random.ts'
import { breachesOf, quantile } from './score.ts'
import type { Trace } from './traces.ts'

/** Breaches a week that the limit is chosen for. */
export const RATES = [1, 3, 7] as const
/** No limit lies where the series is out of range more often than that, whatever the rate. */
const OUTSIDE: Record<(typeof RATES)[number], number> = { 1: 0.03, 3: 0.05, 7: 0.1 }
/** Share of the trace that is for learning and for choosing the limit; only the rest is scored. */
const TRAINING = 0.4
const WEEK = 7 * 86_400_000

export interface Case {
  trace: Trace
  readings: SeriesReading[]
  limit: number
  breaches: number[]
  /** Of the breaches, those that stood more than half their usual daily swing away fifteen minutes before. */
  sudden: Set<number>
  /** Scored from here on, UTC ms. */
  from: number
}

/** A trace with a limit that its first part breaks about so often; `rough` loses and delays readings on the way. */
export function caseOf(trace: Trace, rate: (typeof RATES)[number], rough: boolean): Case {
  const cut = Math.floor(trace.at.length * TRAINING)
  const [at, value] = [trace.at.slice(0, cut), trace.value.slice(0, cut)]
  const wanted = (rate * ((at.at(-1) as number) - (at[0] as number))) / WEEK
  let limit = 0
  for (let q = 1 - OUTSIDE[rate]; q < 0.9999; q += (1 - q) * 0.1) {
    limit = quantile(value, q)
    if (breachesOf(at, value, limit).length <= wanted) break
  }
  const breaches = breachesOf(trace.at, trace.value, limit)
  const swing = quantile(value, 0.9) - quantile(value, 0.1)
  const sudden = new Set(
    breaches.filter((breach) => {
      const i = trace.at.findIndex((time) => time >= breach - 15 * 60_000)
      return limit - (trace.value[i] as number) > swing / 2
    }),
  )
  const clean = trace.at.map((time, i) => ({ at: time, value: trace.value[i] as number }))
  return {
    trace,
    readings: rough ? roughen(clean, trace.seed) : clean,
    limit,
    breaches,
    sudden,
    from: trace.at[cut] as number,
  }
}

/** Loses 5 % of the readings, delays 3 % behind the next two, fails 1 %, and is silent for two hours each few days. */
function roughen(readings: readonly SeriesReading[], seed: number): SeriesReading[] {
  const random = seeded(seed ^ 0x5eed)
  const kept: SeriesReading[] = []
  const held: { reading: SeriesReading; until: number }[] = []
  let silent = 0
  readings.forEach((reading, i) => {
    if (random.chance(1 / 1000)) silent = 24
    silent -= 1
    const { at, value } = reading
    if (silent > 0 || random.chance(0.05)) return
    if (random.chance(0.03)) held.push({ reading, until: i + 2 })
    else kept.push(random.chance(0.01) || value === undefined ? { at } : reading)
    while ((held[0]?.until ?? Number.POSITIVE_INFINITY) <= i)
      kept.push((held.shift() as { reading: SeriesReading }).reading)
  })
  return kept
}
