/** A seeded source of chance: equal seeds give equal scenarios. */
export interface Random {
  /** In [0, 1). */
  unit(): number
  below(count: number): number
  between(low: number, high: number): number
  /** Standard normal. */
  normal(): number
  exponential(mean: number): number
  poisson(mean: number): number
  pick<T>(from: readonly T[]): T
  chance(probability: number): boolean
}

/** sfc32: passes the usual batteries of tests, and is fast. */
export function seededRandom(seed: number): Random {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, seed >>> 0, 1]
  const unit = () => {
    const t = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 4_294_967_296
  }
  for (let i = 0; i < 15; i++) unit()
  const normal = () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit())
  return {
    unit,
    below: (count) => Math.floor(unit() * count),
    between: (low, high) => low + unit() * (high - low),
    normal,
    exponential: (mean) => -mean * Math.log(1 - unit()),
    poisson(mean) {
      if (mean > 50) return Math.max(0, Math.round(mean + normal() * Math.sqrt(mean)))
      const limit = Math.exp(-mean)
      let count = 0
      for (let product = unit(); product > limit; product *= unit()) count++
      return count
    },
    pick(from) {
      const chosen = from[Math.floor(unit() * from.length)]
      if (chosen === undefined) throw new Error('nothing to pick from')
      return chosen
    },
    chance: (probability) => unit() < probability,
  }
}
