import type { SeriesReading } from './series.ts'

/** The plain margin alarm: what every other forecast is measured against. */
export interface MarginState {
  inRangeSince?: number
  last?: number
  /** The reading a change is measured from, and the mean change over a horizon so far. */
  mark?: { at: number; value: number }
  change: number
  n: number
}

export const newMarginState = (): MarginState => ({ change: 0, n: 0 })

/** Of the usual change over a horizon: of 0.5 to 6 the best F1 on the training traces of `npm run bench:forecast`. */
const USUAL = 4
const MEMORY = 1000

/**
 * Whether the reading is in range but within `margin` of an upper limit. Without a margin, four times the usual
 * change over a horizon, learnt so far. It rests after a breach for as long as the forecast does.
 */
export function marginAlarm(
  state: MarginState,
  { at, value }: SeriesReading,
  limit: number,
  horizonMs: number,
  margin?: number,
): boolean {
  if (value === undefined || !Number.isFinite(value) || (state.last !== undefined && at <= state.last)) return false
  state.last = at
  const { mark } = state
  if (mark === undefined || at - mark.at >= horizonMs) {
    if (mark !== undefined && at - mark.at < 3 * horizonMs) {
      state.n = Math.min(state.n + 1, MEMORY)
      state.change += (Math.abs(value - mark.value) - state.change) / state.n
    }
    state.mark = { at, value }
  }
  if (value > limit) {
    delete state.inRangeSince
    return false
  }
  state.inRangeSince ??= at
  const rested = at + horizonMs - state.inRangeSince >= 4 * horizonMs
  return rested && limit - value <= (margin ?? USUAL * state.change)
}
