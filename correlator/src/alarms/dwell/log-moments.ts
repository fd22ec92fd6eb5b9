/** Mean and spread of ln(value) by Welford's method, with bounded memory and outliers pulled in. Plain JSON. */
export interface LogMoments {
  n: number
  mean: number
  /** Sum of squared deviations. */
  m2: number
}

/** Observations that count; beyond, each new one replaces its share of the past. */
const MEMORY = 1000
/** So far from the mean, in standard deviations, does a single observation pull at most. */
const REACH = 3
/** Observations before anything is called an outlier. */
const WARM = 10
/** Spread of ln(dwell) below which nothing is believed: clocks and people are not that exact. */
const LEAST_SIGMA = 0.05

export const newLogMoments = (): LogMoments => ({ n: 0, mean: 0, m2: 0 })

/** Adds ln(value). One pallet forgotten over the weekend moves the mean by its share of three sigma and no more. */
export function noteLog(moments: LogMoments, value: number): void {
  let x = Math.log(value)
  if (moments.n >= WARM) {
    const reach = REACH * sigmaOf(moments)
    x = Math.min(moments.mean + reach, Math.max(moments.mean - reach, x))
  }
  if (moments.n >= MEMORY) {
    moments.m2 *= (MEMORY - 1) / moments.n
    moments.n = MEMORY - 1
  }
  moments.n += 1
  const delta = x - moments.mean
  moments.mean += delta / moments.n
  moments.m2 += delta * (x - moments.mean)
}

export function sigmaOf({ n, m2 }: Pick<LogMoments, 'n' | 'm2'>): number {
  return Math.max(LEAST_SIGMA, n < 2 ? 0 : Math.sqrt(m2 / (n - 1)))
}
