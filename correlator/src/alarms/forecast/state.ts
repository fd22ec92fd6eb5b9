import { type Calibration, newCalibration } from './calibration.ts'
import { type Cusum, newCusum } from './cusum.ts'
import { type Decision, newDecision } from './decision.ts'
import { type Holt, newHolt } from './holt.ts'
import type { LearntTau } from './newton.ts'
import { PRIOR } from './prior.generated.ts'
import { newRegression, type Regression } from './regression.ts'
import { newSeason, type Season } from './season.ts'
import { newTail, type Tail } from './tail.ts'
import { emptyWindow, type Window } from './window.ts'

/** How far ahead is looked, in horizons: the last is how long a warning may take to come true. */
export const STEPS = [1, 2, 4] as const

/** A mean that fades with time. */
export interface Level {
  mean: number
}

/** A question asked of the future: what was said, and the highest reading since. */
export interface Pending {
  at: number
  value: number
  inputs: number[]
  /** Standard deviation stated for each step. */
  sigma: number[]
  /** Highest reading so far within each step; null before the first. */
  peak: (number | null)[]
  readings: number
  /** The chances before calibration, where a breach could have followed. */
  chances?: number[]
}

/**
 * All that is known of one series and one side of it: plain JSON, a few kB, whatever the length of the series. Values are
 * as measured for an upper limit and negated for a lower one.
 */
export interface ForecastState {
  horizonMs: number
  /** UTC ms of the first and the newest reading. */
  first?: number
  last?: number
  /** The newest reading as measured, and as believed. */
  raw?: number
  value?: number
  /** Since when every reading was in range. */
  inRangeSince?: number
  window: Window
  holt: Holt
  level6: Level
  level24: Level
  /** The highest of the last hours, sinking to the level. */
  top?: number
  season: Season
  cusum: Cusum
  taus: LearntTau
  /** Usual size of a change between two readings a third of a horizon apart, and its size of late. */
  scale: number
  recent: number
  scaleWeight: number
  /** The reading that the next change is measured from. */
  mark?: { at: number; value: number }
  pending: Pending[]
  regression: Regression
  /** Mean square of the standardised error of each step. */
  variance: number[]
  tails: Tail[]
  /** What the chances were worth at this limit; another limit begins anew. */
  limit?: number
  calibrations: Calibration[]
  decision: Decision
  warned: boolean
  learnt: number
}

export function newForecastState(horizonMs: number): ForecastState {
  return {
    horizonMs,
    window: emptyWindow(),
    holt: newHolt(),
    level6: { mean: 0 },
    level24: { mean: 0 },
    season: newSeason(0),
    cusum: newCusum(),
    taus: {},
    scale: 0,
    recent: 0,
    scaleWeight: 0,
    pending: [],
    regression: newRegression(PRIOR.weights, PRIOR.trust),
    variance: PRIOR.variance.map(() => 1),
    tails: PRIOR.tails.map((shape) => newTail(shape, PRIOR.tailWeight)),
    calibrations: STEPS.map(newCalibration),
    decision: newDecision(),
    warned: false,
    learnt: 0,
  }
}
