/** A seeded stream of numbers in [0, 1): the same seed gives the same trace on every machine. */
export interface Random {
  next(): number
  normal(): number
  between(low: number, high: number): number
  chance(p: number): boolean
}

/** Mulberry32 by Tommy Ettinger (public domain), 32 bits of state. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    between: (low, high) => low + (high - low) * next(),
    chance: (p) => next() < p,
  }
}
