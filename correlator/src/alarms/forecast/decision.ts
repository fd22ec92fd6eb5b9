/**
 * From chance to warning. The score is the mean of the chances of a breach within two and within four horizons: a warning
 * shall come at least one horizon early, and be true within four. Warn from `on`, stay until it falls below `off`, so that
 * one approach is one warning. Chosen on the training traces of `npm run bench:forecast`, for recall before precision.
 */
export const DECISION = { on: 0.2, off: 0.06 }

export function score(within: readonly number[]): number {
  return ((within[1] ?? 0) + (within[2] ?? 0)) / 2
}
