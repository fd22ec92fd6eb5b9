/** A seeded source of chance: equal seeds give equal demos. */
export interface Random {
  /** In [0, 1). */
  unit(): number
  between(low: number, high: number): number
  /** Normal, by the sum of twelve uniforms. */
  normal(mean: number, deviation: number): number
  pick<T>(from: readonly T[]): T
  chance(probability: number): boolean
}

/** mulberry32: 32 bits of state are plenty for a demo. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    unit,
    between: (low, high) => low + unit() * (high - low),
    normal(mean, deviation) {
      let sum = -6
      for (let i = 0; i < 12; i++) sum += unit()
      return mean + sum * deviation
    },
    pick(from) {
      const chosen = from[Math.floor(unit() * from.length)]
      if (chosen === undefined) throw new Error('nothing to pick from')
      return chosen
    },
    chance: (probability) => unit() < probability,
  }
}
