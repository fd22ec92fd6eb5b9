/** Counts of standardised errors in bins, with fading memory: the shape that no formula promises. */
export interface Tail {
  bins: number[]
  total: number
  /** What the next observation weighs: later ones weigh more, which is the same as fading and costs less. */
  weight: number
}

const FROM = -4
const WIDTH = 0.25
export const TAIL_BINS = 64

/** Starts with `weight` observations of the given shape (shares of each bin). */
export function newTail(shape: readonly number[], weight: number): Tail {
  return { bins: shape.map((share) => share * weight), total: weight, weight: 1 }
}

export function binOf(z: number): number {
  return Math.min(TAIL_BINS - 1, Math.max(0, Math.floor((z - FROM) / WIDTH)))
}

export function observe(tail: Tail, z: number, memory: number): void {
  tail.weight *= 1 + 1 / memory
  const bin = binOf(z)
  tail.bins[bin] = (tail.bins[bin] as number) + tail.weight
  tail.total += tail.weight
  if (tail.weight < 1e6) return
  tail.bins = tail.bins.map((count) => count / tail.weight)
  tail.total /= tail.weight
  tail.weight = 1
}

/** P(error >= z), linear inside a bin. */
export function exceed(tail: Tail, z: number): number {
  const place = (z - FROM) / WIDTH
  if (place <= 0) return 1
  let above = 0
  const bin = Math.floor(place)
  for (let i = TAIL_BINS - 1; i > bin; i--) above += tail.bins[i] as number
  if (bin < TAIL_BINS) above += (tail.bins[bin] as number) * (1 - (place - bin))
  return Math.min(1, Math.max(0, above / tail.total))
}
