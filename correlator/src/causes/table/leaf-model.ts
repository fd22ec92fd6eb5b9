/**
 * How probable a row is when a cause has set its level. The level is the alarm probability of a row for counted
 * alarms, the ratio of value to expectation for a table with `expected`.
 */
export interface LeafModel {
  rows: number
  /** Level of a row that no cause touches. */
  neutral: number
  /** ln probability of the row at this level, up to a constant of the row. */
  ll(row: number, level: number): number
  /** The level that suits these rows best; the neutral level when none is better. */
  fit(rows: Int32Array): number
  /** Which of two levels wins on a row that two causes touch. */
  stronger(a: number, b: number): number
  /** Three sums per row, at its present level, of which `gain` estimates what a new level for a set of rows would gain. */
  moments(levels: Float64Array, into: Moments): void
  /** In nats, with the sign of the change; positive where a cause may be. */
  gain(x: number, y: number, z: number): number
  /** The same model with background and noise estimated from rows at these levels; `touched` rows are in a cause. */
  refined(levels: Float64Array, touched: Uint8Array): LeafModel
  /** Whether a level differs enough from the neutral one to be called a fault, however surely it differs. */
  matters(level: number): boolean
  /** Levels over which the likelihood of a cause is averaged. */
  grid(level: number): number[]
}

export interface Moments {
  x: Float64Array
  y: Float64Array
  z: Float64Array
}

export function moments(rows: number): Moments {
  return { x: new Float64Array(rows), y: new Float64Array(rows), z: new Float64Array(rows) }
}

/** The value below which the share `q` of the sorted numbers lies. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}
