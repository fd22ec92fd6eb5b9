import { indexFrom, type Window } from './window.ts'

/** A straight line through recent readings, with what is not known about it. */
export interface Trend {
  /** The line's value at the newest reading. */
  value: number
  /** Units per ms. */
  slope: number
  /** Standard error of `slope`. */
  slopeError: number
  /** Standard deviation of the readings about the line. */
  sigma: number
  n: number
}

/** Least squares through the window's readings since `from` (UTC ms); undefined with fewer than three. */
export function fitTrend(window: Window, from: number): Trend | undefined {
  const first = indexFrom(window, from)
  const n = window.at.length - first
  if (n < 3) return undefined
  // Times from the newest reading: sums of squares of UTC ms would lose every digit that matters.
  const now = window.at.at(-1) as number
  let meanT = 0
  let meanV = 0
  for (let i = first; i < window.at.length; i++) {
    meanT += (window.at[i] as number) - now
    meanV += window.value[i] as number
  }
  meanT /= n
  meanV /= n
  let tt = 0
  let tv = 0
  let vv = 0
  for (let i = first; i < window.at.length; i++) {
    const t = (window.at[i] as number) - now - meanT
    const v = (window.value[i] as number) - meanV
    tt += t * t
    tv += t * v
    vv += v * v
  }
  if (tt === 0) return undefined
  const slope = tv / tt
  const sigma = Math.sqrt(Math.max(0, vv - slope * tv) / (n - 2))
  return { value: meanV - slope * meanT, slope, slopeError: sigma / Math.sqrt(tt), sigma, n }
}

/** When the line meets the limit, ms from now: undefined when it leads away from it. */
export function timeToLimit(trend: Pick<Trend, 'value' | 'slope'>, limit: number): number | undefined {
  const ms = (limit - trend.value) / trend.slope
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}
