const MINUTE = 60_000
/** A breach is the first crossing after this long in range; a warning is true for as long. */
const QUIET = 60 * MINUTE

export interface Score {
  breaches: number
  /** Warned 15 to 60 minutes before, and still warned at 15 minutes. */
  caught: number
  standing: number
  falseEpisodes: number
  weeks: number
  /** Readings at which the warning stood, and all readings. */
  warned: number
  readings: number
  /** Minutes from the earliest warning in the hour before to the breach, of the caught ones. */
  leads: number[]
  /** Sum of squared errors of the stated chances, how many there were, and after how many a breach came. */
  brier: number
  forecasts: number
  came: number
}

export const noScore = (): Score => ({
  breaches: 0,
  caught: 0,
  standing: 0,
  falseEpisodes: 0,
  weeks: 0,
  warned: 0,
  readings: 0,
  leads: [],
  brier: 0,
  forecasts: 0,
  came: 0,
})

/** When a limit was first broken after an hour in range. */
export function breachesOf(at: readonly number[], value: readonly number[], limit: number): number[] {
  const found: number[] = []
  let since = at[0] as number
  for (let i = 0; i < at.length; i++) {
    if ((value[i] as number) <= limit) continue
    if ((at[i] as number) - since >= QUIET) found.push(at[i] as number)
    // The next reading in range begins the hour anew.
    since = at[i + 1] ?? (at[i] as number)
  }
  return found
}

/** Counts events, not samples; `warned` are the times of readings at which the warning stood, oldest first. */
export function addScore(
  score: Score,
  trace: { at: readonly number[]; breaches: readonly number[] },
  warned: readonly number[],
  from: number,
): void {
  const breaches = trace.breaches.filter((at) => at >= from + QUIET)
  score.breaches += breaches.length
  for (const breach of breaches) {
    const early = warned.filter((at) => at >= breach - QUIET && at <= breach - 15 * MINUTE)
    if (early.length === 0) continue
    score.caught += 1
    score.leads.push((breach - (early[0] as number)) / MINUTE)
    if ((early.at(-1) as number) > breach - 21 * MINUTE) score.standing += 1
  }
  score.readings += trace.at.filter((at) => at >= from).length
  let last = Number.NEGATIVE_INFINITY
  let b = 0
  for (const at of warned) {
    if (at < from) continue
    score.warned += 1
    while (b < trace.breaches.length && (trace.breaches[b] as number) <= at) b += 1
    const next = trace.breaches[b]
    if (next !== undefined && next <= at + QUIET) continue
    if (at - last > QUIET) score.falseEpisodes += 1
    last = at
  }
  score.weeks += ((trace.at.at(-1) as number) - from) / (7 * 24 * 60 * MINUTE)
}

export function precision({ caught, falseEpisodes }: Score): number {
  return caught + falseEpisodes === 0 ? 0 : caught / (caught + falseEpisodes)
}

export function recall({ breaches, caught }: Score): number {
  return breaches === 0 ? 0 : caught / breaches
}

export function f1(score: Score): number {
  const [p, r] = [precision(score), recall(score)]
  return p + r === 0 ? 0 : (2 * p * r) / (p + r)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}
