import { type LogMoments, newLogMoments, noteLog, sigmaOf } from './log-moments.ts'
import { upperTail } from './normal.ts'
import { count, newQuantiles, type Quantiles, quantileOf } from './quantiles.ts'

/** Whose dwell: a stage of an order's life, at a site, for a class of orders, in a band of the site's hours. */
export interface DwellKey {
  stage: string
  site: string
  /** Product or service class; '' when orders have none. */
  class: string
  /** Hour of the day in the site's time, 0-23, at which the wait began. */
  hour: number
}

interface Baseline {
  logs: LogMoments
  sketch: Quantiles
}

/** Everything learnt about dwell: plain JSON. */
export interface DwellBook {
  baselines: Record<string, Baseline>
  /** Sites under an incident, and how many incidents each: what is seen there now is not normal. */
  frozen: Record<string, number>
  /** Observations not learnt because of that. */
  held: number
}

/** How long is too long here, and on what that rests. */
export interface DwellThreshold {
  /** e^(mean + 2 sigma) of ln(dwell), ms. */
  thresholdMs: number
  /** The 97.5 % point that was counted, ms: beside the formula, as a check on it. */
  p975Ms: number
  /** Observations of this very key, and of the widest one that was leaned on. */
  n: number
  leanedOn: number
  mean: number
  sigma: number
}

/** Below this many observations a key leans on its parent. */
const ENOUGH = 30
/** Below this many observations of the widest key nothing is said. */
const MINIMUM = 8
const HOURS_PER_BAND = 4

export const newDwellBook = (): DwellBook => ({ baselines: {}, frozen: {}, held: 0 })

/** A dwell that ended. Not learnt while the site is frozen; one that is not positive is a clock's fault and says nothing. */
export function noteDwell(book: DwellBook, key: DwellKey, dwellMs: number): void {
  if (!(dwellMs > 0) || !Number.isFinite(dwellMs)) return
  if ((book.frozen[key.site] ?? 0) > 0) {
    book.held += 1
    return
  }
  for (const name of lineage(key)) {
    book.baselines[name] ??= { logs: newLogMoments(), sketch: newQuantiles() }
    const { logs, sketch } = book.baselines[name]
    noteLog(logs, dwellMs)
    count(sketch, dwellMs)
  }
}

/** From now on the site's dwells are an incident's, not its own. Call `thaw` once for each `freeze`. */
export function freeze(book: DwellBook, site: string): void {
  book.frozen[site] = (book.frozen[site] ?? 0) + 1
}

export function thaw(book: DwellBook, site: string): void {
  const left = (book.frozen[site] ?? 0) - 1
  if (left > 0) book.frozen[site] = left
  else delete book.frozen[site]
}

/** Mean + 2 sigma of ln(dwell), leaning on wider keys where there is little; undefined where there is next to nothing. */
export function dwellThreshold(book: DwellBook, key: DwellKey): DwellThreshold | undefined {
  const chain = lineage(key).map((name) => book.baselines[name])
  let found: { mean: number; variance: number; p975: number; leanedOn: number } | undefined
  for (const baseline of chain.reverse()) {
    if (baseline === undefined) continue
    const { n, mean } = baseline.logs
    const variance = sigmaOf(baseline.logs) ** 2
    const p975 = Math.log(quantileOf(baseline.sketch, 0.975) ?? 1)
    if (found === undefined) {
      if (n < MINIMUM) continue
      found = { mean, variance, p975, leanedOn: n }
      continue
    }
    const own = Math.min(1, n / ENOUGH)
    const between = own * (1 - own) * (mean - found.mean) ** 2
    found = {
      mean: own * mean + (1 - own) * found.mean,
      variance: own * variance + (1 - own) * found.variance + between,
      p975: own * p975 + (1 - own) * found.p975,
      leanedOn: own < 1 ? found.leanedOn : n,
    }
  }
  if (found === undefined) return undefined
  const sigma = Math.sqrt(found.variance)
  return {
    thresholdMs: Math.exp(found.mean + 2 * sigma),
    p975Ms: Math.exp(found.p975),
    n: book.baselines[lineage(key)[0] as string]?.logs.n ?? 0,
    leanedOn: found.leanedOn,
    mean: found.mean,
    sigma,
  }
}

/**
 * P(the wait passes the threshold within `horizonMs` | it has lasted `waitedMs`): 1 once it has, 0 while the threshold is
 * farther away than the horizon.
 */
export function chanceOfLate(threshold: DwellThreshold, waitedMs: number, horizonMs: number): number {
  if (waitedMs >= threshold.thresholdMs) return 1
  if (threshold.thresholdMs > waitedMs + horizonMs) return 0
  return survival(threshold, threshold.thresholdMs) / survival(threshold, waitedMs)
}

/** P(the wait passes the threshold at all | it has lasted `waitedMs`). */
export function chanceOfEverLate(threshold: DwellThreshold, waitedMs: number): number {
  return chanceOfLate(threshold, waitedMs, Number.POSITIVE_INFINITY)
}

function survival({ mean, sigma }: DwellThreshold, ms: number): number {
  return ms <= 0 ? 1 : Math.max(1e-12, upperTail((Math.log(ms) - mean) / sigma))
}

/** The key and the wider ones it leans on, narrowest first: any hour, any class, any site. */
function lineage({ stage, site, class: kind, hour }: DwellKey): string[] {
  const band = Math.floor(hour / HOURS_PER_BAND)
  return [[stage, site, kind, String(band)], [stage, site, kind], [stage, site], [stage]].map((parts) =>
    JSON.stringify(parts),
  )
}
