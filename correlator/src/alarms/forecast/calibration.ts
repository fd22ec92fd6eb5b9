/** Logistic recalibration learnt online: p' = s(a + b logit p). A forecast that cried wolf gets quieter. */
export interface Calibration {
  a: number
  b: number
  /** Curvature gathered so far: aa, ab, bb. */
  h: [number, number, number]
}

/** Belief in the uncalibrated chances to begin with. */
const TRUST = 3
const FLOOR = 1e-4

export const newCalibration = (): Calibration => ({ a: 0, b: 1, h: [TRUST, 0, TRUST * 3] })

export function calibrate({ a, b }: Calibration, chance: number): number {
  // The ends stay ends: what no reading ever did is not made likely by a shift.
  if (chance <= 0 || chance >= 1) return chance
  return sigmoid(a + b * logit(chance))
}

/** Learns what became of a chance; `weight` below 1 for forecasts that overlap, `memory` in forecasts of weight 1. */
export function learnOutcome(state: Calibration, chance: number, came: boolean, weight: number, memory: number): void {
  const x = logit(Math.min(1 - FLOOR, Math.max(FLOOR, chance)))
  const p = sigmoid(state.a + state.b * x)
  const w = weight * Math.max(0.01, p * (1 - p))
  const keep = 1 - weight / memory
  const h = state.h
  h[0] = Math.max(TRUST, h[0] * keep) + w
  h[1] = h[1] * keep + w * x
  h[2] = Math.max(TRUST * 3, h[2] * keep) + w * x * x
  const error = weight * ((came ? 1 : 0) - p)
  const det = h[0] * h[2] - h[1] * h[1]
  if (!(det > 1e-9)) return
  state.a = clamp(state.a + (error * (h[2] - h[1] * x)) / det, -4, 4)
  state.b = clamp(state.b + (error * (h[0] * x - h[1])) / det, 0.3, 2)
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const logit = (p: number) => Math.log(p / (1 - p))
const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x))
