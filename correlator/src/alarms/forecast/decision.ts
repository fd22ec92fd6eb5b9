/** How often each score came and what chance of a breach within four horizons went with it, with fading memory. */
export interface Decision {
  /** Readings with a score in each bin, and the sum of their chances; what comes later weighs more. */
  count: number[]
  chance: number[]
  weight: number
  /** From which score on to warn. */
  threshold: number
}

const BINS = 25
/** Observations that count, a third of a horizon apart: about four weeks. */
const MEMORY = 8000
/** The threshold of a series nothing is known of, and its bounds. Chosen on the training traces of the benchmark. */
const START = 0.2
const BOUNDS = [0.12, 0.5] as const
/** Readings from which a breach is expected before there is something to choose by: about two breaches' worth. */
const ENOUGH = 24
/** Share of the threshold at which a standing warning ends, so that one approach is one warning. */
const HOLD = 0.3

export const newDecision = (): Decision => ({
  count: new Array<number>(BINS).fill(0),
  chance: new Array<number>(BINS).fill(0),
  weight: 1,
  threshold: START,
})

/** A warning shall come at least one horizon early and be true within four: the mean of the chances within two and four. */
export function score(within: readonly number[]): number {
  return ((within[1] ?? 0) + (within[2] ?? 0)) / 2
}

/**
 * Remembers a score, and sets the threshold where the expected F1 of this very series is best: one that can be foreseen
 * affords a high threshold, one that cannot is warned of early or not at all. It asks the chances, never the outcomes.
 */
export function noteScore(decision: Decision, within: readonly number[]): void {
  const bin = Math.min(BINS - 1, Math.floor(score(within) * BINS))
  decision.weight *= 1 + 1 / MEMORY
  decision.count[bin] = (decision.count[bin] as number) + decision.weight
  decision.chance[bin] = (decision.chance[bin] as number) + decision.weight * (within[2] ?? 0)
  if (decision.weight > 1e6) rescale(decision)
  decision.threshold = best(decision)
}

export function warns(decision: Decision, within: readonly number[], standing: boolean): boolean {
  return score(within) >= decision.threshold * (standing ? HOLD : 1)
}

function best({ count, chance, weight }: Decision): number {
  let expected = 0
  for (let i = 0; i < BINS; i++) expected += chance[i] as number
  if (expected < ENOUGH * weight) return START
  let [most, at, hits, warned] = [0, START, 0, 0]
  for (let i = BINS - 1; i > 0; i--) {
    hits += chance[i] as number
    warned += count[i] as number
    const f = (2 * hits) / (expected + warned)
    if (f > most) [most, at] = [f, i / BINS]
  }
  return Math.min(BOUNDS[1], Math.max(BOUNDS[0], at))
}

function rescale(decision: Decision): void {
  for (const list of [decision.count, decision.chance])
    for (let i = 0; i < BINS; i++) list[i] = (list[i] as number) / decision.weight
  decision.weight = 1
}
