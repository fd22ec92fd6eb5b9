import { drift } from './cusum.ts'
import { project } from './holt.ts'
import { type Approach, approachAt, fitApproach } from './newton.ts'
import { seasonAhead } from './season.ts'
import { fitTrend, type Trend } from './slope.ts'
import type { ForecastState } from './state.ts'
import { indexFrom } from './window.ts'

/** Names of the inputs, in order: every one but the first is in the series' unit, and so is the answer. */
export const FEATURES = [
  'scale',
  'slope over one horizon',
  'slope over two horizons',
  'slope over four horizons',
  'Holt',
  'Newton',
  'from the mean of four horizons',
  'from the level of 6 h',
  'from the level of 24 h',
  'below the top of four horizons',
  'above the bottom of four horizons',
  'daily round',
  'slow drift',
  'below the top of the last hours',
] as const

/** How fast Holt's level and trend follow, in horizons. */
export const HOLT_LEVEL = 0.6
export const HOLT_TREND = 2.5

export interface Outline {
  inputs: number[]
  trend?: Trend
  approach?: Approach
}

/** What the recent readings say about the next horizon, one number for each of `FEATURES`. */
export function outline(state: ForecastState, at: number, value: number, box: string): Outline {
  const h = state.horizonMs
  const { window, scale } = state
  const short = fitTrend(window, at - h)
  const middle = fitTrend(window, at - 2 * h)
  const long = fitTrend(window, at - 4 * h)
  const best = middle ?? long ?? short
  const ahead = (trend: Trend | undefined) => (trend ?? best)?.slope ?? 0
  const first = indexFrom(window, at - 4 * h)
  let top = value
  let bottom = value
  let sum = 0
  for (let i = first; i < window.value.length; i++) {
    const v = window.value[i] as number
    if (v > top) top = v
    if (v < bottom) bottom = v
    sum += v
  }
  const n = window.value.length - first
  const mean = n === 0 ? value : sum / n
  const approach = fitApproach(window, at - 3 * h, state.taus[box])
  const newton = approach === undefined ? ahead(middle) * h : approachAt(approach, value, h) - value
  const holt = project(state.holt, h, HOLT_LEVEL * h, HOLT_TREND * h).mean - value
  const inputs = [
    scale,
    ahead(short) * h,
    ahead(middle) * h,
    ahead(long) * h,
    holt,
    newton,
    value - mean,
    value - state.level6.mean,
    value - state.level24.mean,
    top - value,
    value - bottom,
    seasonAhead(state.season, at, 4 * h),
    drift(state.cusum) * scale,
    Math.max(state.top ?? top, top) - value,
  ]
  return { inputs, ...(best === undefined ? {} : { trend: best }), ...(approach === undefined ? {} : { approach }) }
}
