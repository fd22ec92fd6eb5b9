import { xlogy } from '../llr.ts'
import { type LeafModel, quantile } from './leaf-model.ts'
import type { Table } from './rows.ts'

/** A cause never alarms everybody for certain: one quiet order must not refute it. */
const MOST_CERTAIN = 0.995
/** The background is never certain to be silent. */
const LEAST_BACKGROUND = 1e-6
const MEDIAN_OF_CHI_SQUARED = 0.455

/**
 * `k` of `n` alarmed: binomial, with rows that vary more than chance weighed down. A row of n orders counts as
 * n / (1 + (n - 1) rho) independent ones; rho is estimated, and a row of one order always counts as one.
 */
export function countedModel(table: Table): LeafModel {
  const { k, n = new Float64Array(table.rows) } = table
  const p = backgroundOf(k, n, undefined)
  return model(k, n, p, overdispersion(k, n, p, undefined))
}

function model(k: Float64Array, n: Float64Array, background: number, rho: number): LeafModel {
  const wk = new Float64Array(k.length)
  const wn = new Float64Array(k.length)
  for (let i = 0; i < k.length; i++) {
    const count = n[i] as number
    const weight = 1 / (1 + Math.max(0, count - 1) * rho)
    wk[i] = weight * (k[i] as number)
    wn[i] = weight * count
  }
  const ll = (i: number, p: number) => {
    const alarmed = wk[i] as number
    return xlogy(alarmed, p) + xlogy((wn[i] as number) - alarmed, 1 - p)
  }
  return {
    rows: k.length,
    neutral: background,
    ll,
    fit(rows) {
      let alarmed = 0
      let all = 0
      for (const i of rows) {
        alarmed += wk[i] as number
        all += wn[i] as number
      }
      return all > 0 ? Math.max(background, Math.min(MOST_CERTAIN, alarmed / all)) : background
    },
    stronger: Math.max,
    moments(levels, { x, y, z }) {
      for (let i = 0; i < k.length; i++) {
        x[i] = wk[i] as number
        y[i] = (wn[i] as number) * (levels[i] as number)
        z[i] = wn[i] as number
      }
    },
    gain(alarmed, expected, all) {
      if (all <= 0 || expected <= 0) return 0
      const gain = xlogy(alarmed, alarmed / expected) + xlogy(all - alarmed, (all - alarmed) / (all - expected))
      return alarmed > expected ? gain : -gain
    },
    refined(_, touched) {
      const p = backgroundOf(k, n, touched)
      return model(k, n, p, overdispersion(k, n, p, touched))
    },
    matters: (p) => p > background,
    grid: (p) => [0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, p].filter((level) => level >= background),
  }
}

function backgroundOf(k: Float64Array, n: Float64Array, touched: Uint8Array | undefined): number {
  let alarmed = 0
  let all = 0
  for (let i = 0; i < k.length; i++) {
    if (touched?.[i]) continue
    alarmed += k[i] as number
    all += n[i] as number
  }
  // Half an alarm more than seen: a background without alarms is small, not impossible.
  return Math.min(0.5, Math.max(LEAST_BACKGROUND, (alarmed + 0.5) / (all + 1)))
}

/** Rows looked at for the spread: enough for a median. */
const SAMPLE = 1500

/** rho for which the middle row deviates from the background as much as chance and rho together say. */
function overdispersion(k: Float64Array, n: Float64Array, p: number, touched: Uint8Array | undefined): number {
  // Rows that expect almost no alarm say nothing about the spread of rates.
  const telling: number[] = []
  for (let i = 0; i < k.length; i++) if (!touched?.[i] && (n[i] as number) * p >= 1) telling.push(i)
  if (telling.length < 8) return 0
  const step = Math.max(1, Math.floor(telling.length / SAMPLE))
  const rows = Int32Array.from(telling.filter((_, at) => at % step === 0))
  const squares = new Float64Array(rows.length)
  const excess = (rho: number) => {
    for (let at = 0; at < rows.length; at++) {
      const count = n[rows[at] as number] as number
      const off = (k[rows[at] as number] as number) - count * p
      squares[at] = (off * off) / (count * p * (1 - p) * (1 + (count - 1) * rho))
    }
    return quantile(squares.sort(), 0.5) - MEDIAN_OF_CHI_SQUARED
  }
  if (excess(0) <= 0) return 0
  let low = 0
  let high = 1
  for (let halving = 0; halving < 14; halving++) {
    const middle = (low + high) / 2
    if (excess(middle) > 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}
