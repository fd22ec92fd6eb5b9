import { type Calibration, calibrate, learnOutcome, newCalibration } from './calibration.ts'
import { accumulate } from './cusum.ts'
import { newDecision, noteScore, warns } from './decision.ts'
import { HOLT_LEVEL, HOLT_TREND, outline } from './features.ts'
import { smooth } from './holt.ts'
import { approachTime, learnTau } from './newton.ts'
import { PRIOR } from './prior.generated.ts'
import { dot, learn } from './regression.ts'
import { newSeason, noteSeason } from './season.ts'
import type { SeriesReading } from './series.ts'
import { timeToLimit } from './slope.ts'
import { withoutSpike } from './spikes.ts'
import { type ForecastState, type Pending, STEPS } from './state.ts'
import { exceed, observe, type Tail } from './tail.ts'
import { addToWindow } from './window.ts'

const HOUR = 3_600_000
/** Bins of the window and questions to the future, in horizons: a device that reports each second costs no more. */
const BIN = 1 / 15
const ASK = 1 / 3
/** Observations (a third of a horizon apart) that count. */
const MEMORY = 4000
const TAIL_MEMORY = 1500
const OUTCOME_MEMORY = 1000
/** Questions a third of a horizon apart share most of their answer. */
const OUTCOME_WEIGHT = 0.1

/** What is expected of the series now. Times are UTC ms. */
export interface Outlook {
  at: number
  /** P(breach within the horizon). */
  probability: number
  /** P(breach within each of `STEPS` horizons). */
  within: number[]
  /** Median time of the breach, if there is one within the last step, and the 10 % and 90 % points. */
  breachAt: number
  earliest: number
  latest: number
  /** When the plain line and the exponential approach meet the limit, where they do. */
  line?: number
  approach?: number
  /** Whether a breach would count: in range for so long that it would be a new one. */
  armed: boolean
  /** Whether to warn. */
  warning: boolean
}

/**
 * Takes one reading of a series towards an upper limit and says what to expect; undefined while the limit is broken, for
 * failed measurements, late readings and where too little is known. O(1), no look into the future: what a forecast was
 * worth is learnt when its time is over.
 */
export function advance(state: ForecastState, reading: SeriesReading, limit: number): Outlook | undefined {
  const { at, value: raw, state: box = '' } = reading
  if (raw === undefined || !Number.isFinite(raw)) return undefined
  const h = state.horizonMs
  if (state.last !== undefined && at <= state.last) {
    addToWindow(state.window, at, raw, BIN * h, 4 * h)
    return undefined
  }
  const value = take(state, at, raw)
  if (state.limit !== limit) {
    state.limit = limit
    state.calibrations = STEPS.map(newCalibration)
    state.decision = newDecision()
    for (const open of state.pending) delete open.chances
  }
  settle(state, at, raw)
  if (raw > limit) {
    delete state.inRangeSince
    state.warned = false
  } else state.inRangeSince ??= at
  if (state.window.at.length < 4 || state.scale === 0) return undefined
  const { inputs, trend, approach } = outline(state, at, value, box)
  if (approach !== undefined) learnTau(state.taus, box, approach.tauMs)
  const sigma = sigmas(state)
  // A breach counts again after four horizons in range: earlier, the alarm of the last one still speaks for itself.
  const armed = state.inRangeSince !== undefined && at + h - state.inRangeSince >= 4 * h
  const before = state.inRangeSince === undefined ? undefined : chances(state, inputs, sigma, limit - value)
  ask(state, { at, value: raw, inputs, sigma, ...(armed && before !== undefined ? { chances: before } : {}) })
  if (before === undefined) return undefined
  const within = rising(before.map((chance, k) => calibrate(state.calibrations[k] as Calibration, chance)))
  const outlook: Outlook = {
    at,
    probability: within[0] as number,
    within,
    ...when(at, within, h),
    armed,
    warning: false,
  }
  const line = trend === undefined ? undefined : timeToLimit(trend, limit)
  if (line !== undefined) outlook.line = at + line
  const meets = approach === undefined ? undefined : approachTime(approach, value, limit)
  if (meets !== undefined) outlook.approach = at + meets
  const asked = state.pending.at(-1)?.at === at
  if (armed && asked) noteScore(state.decision, within)
  outlook.warning = armed && warns(state.decision, within, state.warned)
  state.warned = outlook.warning
  return outlook
}

/** Moves every running figure on by one reading; gives the reading as believed. */
function take(state: ForecastState, at: number, raw: number): number {
  const h = state.horizonMs
  const { value, spike } = withoutSpike(state.window, raw, state.raw, 8 * state.scale)
  if (state.first === undefined || state.last === undefined) {
    state.first = at
    state.season = newSeason(at)
    state.level6.mean = value
    state.level24.mean = value
    state.mark = { at, value }
  }
  const dt = Math.min(at - (state.last ?? at), HOUR)
  if (!spike) {
    addToWindow(state.window, at, value, BIN * h, 4 * h)
    smooth(state.holt, at, value, HOLT_LEVEL * h, HOLT_TREND * h)
  }
  const age = at - state.first
  follow(state.level6, value, dt, Math.min(6 * HOUR, age))
  follow(state.level24, value, dt, Math.min(24 * HOUR, age))
  // The top of the last hours sinks to the level, so that one old peak is forgotten.
  const top = state.top ?? value
  state.top = Math.max(value, state.level6.mean + (top - state.level6.mean) * Math.exp(-dt / (4 * HOUR)))
  if (age > 6 * HOUR) noteSeason(state.season, at, value - state.level24.mean, dt / HOUR)
  measureScale(state, at, value)
  if (state.scale > 0) accumulate(state.cusum, (value - state.level6.mean) / (4 * state.scale), dt / h)
  state.last = at
  state.raw = raw
  state.value = value
  return value
}

function follow(level: { mean: number }, value: number, dt: number, tauMs: number): void {
  if (tauMs > 0) level.mean += (1 - Math.exp(-dt / tauMs)) * (value - level.mean)
}

/** The usual change in a third of a horizon, over days and over the last hour. */
function measureScale(state: ForecastState, at: number, value: number): void {
  const { mark } = state
  if (mark === undefined) return
  const dt = at - mark.at
  const step = ASK * state.horizonMs
  if (dt < step * 0.9) return
  state.mark = { at, value }
  if (dt > 3 * state.horizonMs) return
  // Changes grow about with the root of time.
  const change = Math.abs(value - mark.value) / Math.sqrt(dt / step)
  state.scaleWeight = Math.min(state.scaleWeight + 1, 600)
  state.scale += (change - state.scale) / state.scaleWeight
  state.recent += (change - state.recent) / Math.min(state.scaleWeight, 12)
}

/** The spread of the next peaks: the series' own, raised or lowered by how restless it is now. */
function sigmas(state: ForecastState): number[] {
  const calm = Math.min(4, Math.max(0.25, state.recent / state.scale))
  return PRIOR.variance.map(
    (variance, k) => state.scale * Math.sqrt(variance * (state.variance[k] as number)) * calm ** PRIOR.restless,
  )
}

function ask(state: ForecastState, question: Omit<Pending, 'peak' | 'readings'>): void {
  const newest = state.pending.at(-1)
  if (newest !== undefined && question.at - newest.at < ASK * state.horizonMs * 0.9) return
  const peak = STEPS.map(() => null)
  state.pending.push({ ...question, peak, readings: 0 })
}

/** Enters the reading into every open question, and learns from those whose time is over. */
function settle(state: ForecastState, at: number, value: number): void {
  const h = state.horizonMs
  for (const open of state.pending) {
    open.readings += 1
    STEPS.forEach((step, k) => {
      // A device that reports less often than the horizon answers with its first reading after it.
      const peak = open.peak[k] ?? null
      if (peak === null || (at <= open.at + step * h && value > peak)) open.peak[k] = value
    })
  }
  while (state.pending.length > 0 && at >= (state.pending[0] as Pending).at + 4 * h) {
    const open = state.pending.shift() as Pending
    // With most of the readings missing nobody knows where the peak was.
    if (open.readings >= 2) digest(state, open)
  }
}

function digest(state: ForecastState, open: Pending): void {
  open.chances?.forEach((chance, k) => {
    const came = (open.peak[k] as number) > (state.limit ?? Number.POSITIVE_INFINITY)
    learnOutcome(state.calibrations[k] as Calibration, chance, came, OUTCOME_WEIGHT, OUTCOME_MEMORY)
  })
  const { inputs, sigma, value } = open
  const noise = sigma[2] as number
  if (!(noise > 0)) return
  STEPS.forEach((_, k) => {
    const z =
      ((open.peak[k] as number) - value - dot(state.regression.weights[k] as number[], inputs)) / (sigma[k] as number)
    observe(state.tails[k] as Tail, z, TAIL_MEMORY)
    const bounded = Math.min(z * z, 16)
    state.variance[k] = (state.variance[k] as number) * (1 + (bounded - 1) / Math.min(state.learnt + 60, 1000))
  })
  const targets = open.peak.map((peak) => Math.max(-8 * noise, Math.min(8 * noise, (peak ?? value) - value)) / noise)
  learn(
    state.regression,
    inputs.map((input) => input / noise),
    targets,
    MEMORY,
  )
  state.learnt += 1
}

function chances(state: ForecastState, inputs: readonly number[], sigma: readonly number[], gap: number): number[] {
  return rising(
    STEPS.map((_, k) => {
      const mean = dot(state.regression.weights[k] as number[], inputs)
      return exceed(state.tails[k] as Tail, (gap - mean) / (sigma[k] as number))
    }),
  )
}

/** A longer time ahead is never less likely to see a breach. */
function rising(chances: readonly number[]): number[] {
  let least = 0
  return chances.map((chance) => {
    least = Math.max(least, chance)
    return least
  })
}

/** When it breaks, if it does within the last step: the chance grows along straight lines between the steps. */
function when(at: number, within: readonly number[], horizonMs: number) {
  const last = within.at(-1) as number
  const point = (share: number) => {
    let [from, before] = [0, 0]
    for (const [k, step] of STEPS.entries()) {
      const chance = within[k] as number
      const wanted = share * last
      if (chance >= wanted)
        return at + (from + (chance > before ? ((wanted - before) / (chance - before)) * (step - from) : 0)) * horizonMs
      from = step
      before = chance
    }
    return at + (STEPS.at(-1) as number) * horizonMs
  }
  return { breachAt: Math.round(point(0.5)), earliest: Math.round(point(0.1)), latest: Math.round(point(0.9)) }
}
