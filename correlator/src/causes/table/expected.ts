import { type LeafModel, quantile } from './leaf-model.ts'
import type { Table } from './rows.ts'

/** Degrees of freedom of the Student-t noise: a single wild row costs some nats, not hundreds. */
const NU = 4
/** Deviations beyond this many scales are cut in the quick estimate; the exact one has its heavy tail instead. */
const CUT = 10
/** Forecasts are never believed closer than this share of themselves. */
const CLOSEST = 0.005
/** Rows looked at for the noise: enough for a dozen bands. */
const SAMPLE = 4000
/** Forecasts are off by this much for whole groups without any fault. */
const LEAST_CHANGE = 0.03

/**
 * `k` against `expected`: a cause multiplies the expectation of all its rows by one ratio, up or down (the ripple
 * effect). Noise is Student-t; its scale grows as a power of the expectation, both estimated from the table.
 */
export function expectedModel(table: Table): LeafModel {
  const { k, expected = new Float64Array(table.rows) } = table
  return model(k, expected, noiseOf(k, expected, undefined, 0.35))
}

/** How far values lie off their expectation, by its size. */
interface Noise {
  scaleOf(mean: number): number
  /** How the scale grows with the expectation, on the whole: as this power of it. */
  power: number
  /** Expectations below this are taken as this: from nothing expected, no ratio leads to something. */
  least: number
}

function model(v: Float64Array, f: Float64Array, noise: Noise): LeafModel {
  // Nothing expected and nothing met says nothing about any ratio.
  const mean = f.map((value, i) => (value === 0 && v[i] === 0 ? 0 : Math.max(value, noise.least)))
  const scale = mean.map((value) => {
    const size = Math.max(value, noise.least)
    return Math.max(CLOSEST * size, noise.scaleOf(size))
  })
  const spread = (r: number) => (r > 1 ? r ** noise.power : 1)
  const ll = (i: number, r: number) => {
    const wide = spread(r)
    const z = ((v[i] as number) - r * (mean[i] as number)) / ((scale[i] as number) * wide)
    return -((NU + 1) / 2) * Math.log1p((z * z) / NU) - Math.log(wide)
  }
  /** Iteratively reweighted least squares: rows far from the ratio lose their say. */
  const settle = (rows: Int32Array, start: number) => {
    let r = start
    for (let step = 0; step < 4; step++) {
      const wide = spread(r)
      let above = 0
      let below = 0
      for (const i of rows) {
        const m = mean[i] as number
        const s = (scale[i] as number) * wide
        const z = ((v[i] as number) - r * m) / s
        const weight = 1 / ((1 + (z * z) / NU) * s * s)
        above += weight * m * (v[i] as number)
        below += weight * m * m
      }
      r = below > 0 ? above / below : 1
    }
    return r
  }
  const total = (rows: Int32Array, r: number) => {
    let sum = 0
    for (const i of rows) sum += ll(i, r)
    return sum
  }
  return {
    rows: v.length,
    neutral: 1,
    ll,
    fit(rows) {
      let above = 0
      let below = 0
      for (const i of rows) {
        above += v[i] as number
        below += mean[i] as number
      }
      const starts = [above / below, middleRatio(v, mean, rows)]
      let best = 1
      let bestSum = total(rows, 1)
      for (const start of starts) {
        const r = settle(rows, start)
        const sum = total(rows, r)
        if (sum > bestSum) {
          best = r
          bestSum = sum
        }
      }
      return best
    },
    stronger: (a, b) => (force(a) >= force(b) ? a : b),
    moments(levels, { x, y }) {
      for (let i = 0; i < v.length; i++) {
        const r = levels[i] as number
        const s = (scale[i] as number) * spread(r)
        const m = mean[i] as number
        const z = ((v[i] as number) - r * m) / s
        x[i] = (Math.max(-CUT, Math.min(CUT, z)) * m) / s
        y[i] = (m / s) ** 2
      }
    },
    gain: (x, y) => (y > 0 ? (x * x) / (2 * y) : 0),
    refined: (levels) => model(v, f, noiseOf(v, f, levels, 0.5)),
    matters: (r) => Math.abs(r - 1) >= LEAST_CHANGE,
    grid: (r) => [0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.3].map((step) => r * step),
  }
}

const force = (ratio: number) => Math.abs(Math.log(Math.max(ratio, 1e-6)))

function middleRatio(v: Float64Array, mean: Float64Array, rows: Int32Array): number {
  const ratios = Float64Array.from(rows, (i) => (v[i] as number) / (mean[i] as number)).sort()
  return quantile(ratios, 0.5)
}

/** Share of the normal distribution within z = these many deviations, for the shares used. */
const DEVIATIONS: Record<number, number> = { 0.35: 0.4538, 0.5: 0.6745, 0.8: 1.2816 }

/**
 * The scale of the noise by size of the expectation: within bands of equal numbers of rows, the deviation below which a
 * share of the rows lies (a low share while causes are not known yet: most of their rows lie above it), and straight
 * lines from band to band on logarithmic axes. One line through all bands is too low for the largest rows, where
 * counting noise has ended and forecast errors remain, and a few of those rows then outvote all others.
 */
function noiseOf(v: Float64Array, f: Float64Array, levels: Float64Array | undefined, share: number): Noise {
  const meanOf = (i: number) => (f[i] as number) * (levels?.[i] ?? 1)
  const known = Int32Array.from(f.keys()).filter((i) => (f[i] as number) > 0)
  const step = Math.max(1, Math.floor(known.length / SAMPLE))
  const rows = step === 1 ? known : known.filter((_, at) => at % step === 0)
  if (rows.length === 0) return { scaleOf: () => 1, power: 0.5, least: 1 }
  const sorted = Float64Array.from(rows, meanOf).sort()
  const bands = Math.max(1, Math.min(12, Math.floor(rows.length / 25)))
  const limits = Array.from({ length: bands }, (_, band) => quantile(sorted, (band + 1) / bands))
  const offs = limits.map((): number[] => [])
  for (const i of rows) {
    const mean = meanOf(i)
    offs[limits.findIndex((limit) => mean <= limit)]?.push(Math.abs((v[i] as number) - mean))
  }
  const points: Point[] = []
  for (const [band, part] of offs.entries()) {
    const middle = quantile(sorted, (band + 0.5) / bands)
    const off = Float64Array.from(part).sort()
    const low = quantile(off, share) / (DEVIATIONS[share] ?? 1)
    // Where small counts are mostly met exactly, the spread only shows further out.
    const scale = low > 0 ? low : quantile(off, 0.8) / (DEVIATIONS[0.8] ?? 1)
    if (middle > 0 && scale > 0) points.push({ x: Math.log(middle), y: Math.log(scale) })
  }
  const smallest = quantile(sorted, 0.05)
  const power = Math.max(0, Math.min(1, middleSlope(points)))
  const line = smooth(points)
  const scaleOf = (mean: number) => Math.exp(heightAt(line, Math.log(mean)))
  if (points.length === 0) return { scaleOf: (mean) => CLOSEST * mean, power: 1, least: smallest * CLOSEST }
  return { scaleOf, power, least: Math.max(1e-9, Math.min(smallest, scaleOf(smallest))) }
}

interface Point {
  x: number
  y: number
}

/** The middle of each point and its neighbours. */
const smooth = (points: readonly Point[]): Point[] =>
  points.map(({ x, y }, i) => {
    const near = [points[i - 1]?.y ?? y, y, points[i + 1]?.y ?? y].sort((a, b) => a - b)
    return { x, y: near[1] ?? y }
  })

/** Outside the bands: like counting noise for smaller rows, in proportion for larger ones. */
function heightAt(points: readonly Point[], x: number): number {
  const next = points.findIndex((point) => point.x >= x)
  const before = points.at(next < 0 ? -1 : next - 1)
  const after = points[next]
  if (next === 0 && after !== undefined) return after.y + 0.5 * (x - after.x)
  if (before === undefined) return 0
  if (after === undefined) return before.y + (x - before.x)
  return before.y + ((after.y - before.y) * (x - before.x)) / Math.max(1e-9, after.x - before.x)
}

function middleSlope(points: readonly Point[]): number {
  const slopes: number[] = []
  for (const [i, a] of points.entries())
    for (const b of points.slice(i + 1)) if (b.x - a.x > 0.1) slopes.push((b.y - a.y) / (b.x - a.x))
  if (slopes.length === 0) return 1
  return quantile(
    slopes.sort((a, b) => a - b),
    0.5,
  )
}
