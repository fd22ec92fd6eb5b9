/** Double exponential smoothing for irregular sampling: time constants instead of weights per reading. */
export interface Holt {
  at?: number
  level: number
  /** Units per ms. */
  trend: number
  /** Smoothed square of the one-step error, and the step it was made over, ms. */
  variance: number
  stepMs: number
}

export const newHolt = (): Holt => ({ level: 0, trend: 0, variance: 0, stepMs: 0 })

/** Moves the state on by one reading; one that is not newer than the last changes nothing. */
export function smooth(holt: Holt, at: number, value: number, levelMs: number, trendMs: number): void {
  if (holt.at === undefined) {
    holt.at = at
    holt.level = value
    return
  }
  const dt = at - holt.at
  if (dt <= 0) return
  const a = 1 - Math.exp(-dt / levelMs)
  const b = 1 - Math.exp(-dt / trendMs)
  const error = value - (holt.level + holt.trend * dt)
  const level = holt.level + holt.trend * dt + a * error
  holt.trend += b * ((level - holt.level) / dt - holt.trend)
  holt.level = level
  holt.variance += b * (error * error - holt.variance)
  holt.stepMs = holt.stepMs === 0 ? dt : holt.stepMs + b * (dt - holt.stepMs)
  holt.at = at
}

/** Mean and standard deviation `aheadMs` after the last reading: the error grows with the way ahead. */
export function project(holt: Holt, aheadMs: number, levelMs: number, trendMs: number): { mean: number; sd: number } {
  const steps = holt.stepMs === 0 ? 1 : Math.max(1, aheadMs / holt.stepMs)
  const a = 1 - Math.exp(-holt.stepMs / levelMs)
  const b = 1 - Math.exp(-holt.stepMs / trendMs)
  // Sum of (a (1 + b j))^2 over the steps between: the variance of Holt's method without damping.
  const m = steps - 1
  const growth = 1 + a * a * (m + b * m * (m + 1) + (b * b * m * (m + 1) * (2 * m + 1)) / 6)
  return { mean: holt.level + holt.trend * aheadMs, sd: Math.sqrt(holt.variance * growth) }
}
