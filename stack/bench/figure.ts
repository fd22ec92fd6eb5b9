/** One measured figure beside what it should be and what else was measured in the same run, in the same unit. */
export interface Figure {
  what: string
  value: number
  unit: string
  target?: { atLeast: number } | { atMost: number }
  compare?: { name: string; value: number }[]
}

/** What one section of the benchmark found. */
export interface Findings {
  figures: Figure[]
  /** How it was measured, and what was checked: one sentence each. */
  notes: string[]
  /** Where the time went, when a target was missed. */
  profiles?: ThreadProfile[]
}

/** What one thread was busy with. */
export interface ThreadProfile {
  name: string
  /** Share of the measured time in which the thread did anything. */
  busy: number
  /** Self time by function, as a share of the busy time, greatest first. */
  functions: { name: string; share: number }[]
}

export function isMet({ value, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** Nearest rank, on a copy. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
