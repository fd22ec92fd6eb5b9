import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { advance } from '../../src/alarms/forecast/forecaster.ts'
import { dot } from '../../src/alarms/forecast/regression.ts'
import { newForecastState, STEPS } from '../../src/alarms/forecast/state.ts'
import { binOf, TAIL_BINS } from '../../src/alarms/forecast/tail.ts'
import { FORMS } from './traces.ts'

const HORIZON = 15 * 60_000
/** Seeds and days of the training traces; the benchmark uses other seeds. */
const SEEDS = [901, 902, 903, 904, 905, 906]
const DAYS = 10
const RIDGE = 0.02

interface Sample {
  inputs: number[]
  targets: number[]
  calm: number
  weight: number
}

/** Fits what a forecaster believes before it has seen its series: weights, spreads and shapes of the errors. */
function samples(): Sample[] {
  const found: Sample[] = []
  for (const { make, fitted } of Object.values(FORMS)) {
    if (!fitted) continue
    for (const seed of SEEDS)
      for (const sign of [1, -1]) {
        const { at, value } = make(seed, DAYS)
        const state = newForecastState(HORIZON)
        const mine: Sample[] = []
        for (let i = 0; i < at.length; i++) {
          const now = at[i] as number
          advance(state, { at: now, value: sign * (value[i] as number) }, Number.POSITIVE_INFINITY)
          const open = state.pending.at(-1)
          if (open?.at !== now || now - (at[0] as number) < 86_400_000) continue
          const targets = STEPS.map((step) => {
            let peak = Number.NEGATIVE_INFINITY
            for (let j = i + 1; j < at.length && (at[j] as number) <= now + step * HORIZON; j++)
              peak = Math.max(peak, sign * (value[j] as number))
            return (peak - open.value) / state.scale
          })
          if (!targets.every(Number.isFinite)) continue
          const calm = Math.min(4, Math.max(0.25, state.recent / state.scale))
          mine.push({ inputs: open.inputs.map((input) => input / state.scale), targets, calm, weight: 1 })
        }
        found.push(...mine)
      }
  }
  return found
}

/** Weighted least squares with a ridge, by Gaussian elimination. */
function solve(data: readonly Sample[], k: number): number[] {
  const n = data[0]?.inputs.length ?? 0
  const a = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n + 1 }, (_, j) => (i === j ? RIDGE * data.length : 0)),
  )
  for (const { inputs, targets, weight } of data)
    for (let i = 0; i < n; i++) {
      const row = a[i] as number[]
      for (let j = 0; j < n; j++) row[j] = (row[j] as number) + weight * (inputs[i] as number) * (inputs[j] as number)
      row[n] = (row[n] as number) + weight * (inputs[i] as number) * (targets[k] as number)
    }
  for (let i = 0; i < n; i++) {
    const pivot = a[i] as number[]
    for (let r = i + 1; r < n; r++) {
      const row = a[r] as number[]
      const factor = (row[i] as number) / (pivot[i] as number)
      for (let c = i; c <= n; c++) row[c] = (row[c] as number) - factor * (pivot[c] as number)
    }
  }
  const x = new Array<number>(n).fill(0)
  for (let i = n - 1; i >= 0; i--) {
    const row = a[i] as number[]
    let sum = row[n] as number
    for (let j = i + 1; j < n; j++) sum -= (row[j] as number) * (x[j] as number)
    x[i] = sum / (row[i] as number)
  }
  return x
}

function fitted() {
  const data = samples()
  const weights: number[][] = []
  const variance: number[] = []
  const tails: number[][] = []
  let restless = 0
  STEPS.forEach((_, k) => {
    // Twice: heavy errors weigh less the second time.
    let w = solve(data, k)
    for (let round = 0; round < 2; round++) {
      const spread = Math.sqrt(
        data.reduce((s, d) => s + ((d.targets[k] as number) - dot(w, d.inputs)) ** 2, 0) / data.length,
      )
      for (const d of data)
        d.weight =
          1 / Math.max(1, Math.abs((d.targets[k] as number) - dot(w, d.inputs)) / spread / d.calm ** 0.5) / d.calm
      w = solve(data, k)
    }
    for (const d of data) d.weight = 1
    const errors = data.map((d) => (d.targets[k] as number) - dot(w, d.inputs))
    // The power of restlessness that makes the standardised errors most alike: a line through logarithms.
    let [xx, xy, mx, my] = [0, 0, 0, 0]
    const logs = data.map(
      (d, i) => [Math.log(d.calm), Math.log(Math.max(1e-3, Math.abs(errors[i] as number)))] as const,
    )
    for (const [x, y] of logs) {
      mx += x / logs.length
      my += y / logs.length
    }
    for (const [x, y] of logs) {
      xx += (x - mx) ** 2
      xy += (x - mx) * (y - my)
    }
    const power = xy / xx
    restless += power / STEPS.length
    const scaled = errors.map((e, i) => e / (data[i] as Sample).calm ** power)
    const v = scaled.reduce((s, e) => s + Math.min(e * e, 400), 0) / scaled.length
    variance.push(round(v))
    const bins = new Array<number>(TAIL_BINS).fill(0.2)
    for (const e of scaled) bins[binOf(e / Math.sqrt(v))] = (bins[binOf(e / Math.sqrt(v))] as number) + 1
    const total = bins.reduce((s, b) => s + b, 0)
    tails.push(bins.map((b) => round(b / total)))
    weights.push(w.map(round))
  })
  return { weights, trust: 30, variance, restless: round(restless), tailWeight: 60, tails }
}

const round = (x: number) => Number(x.toPrecision(4))

const prior = fitted()
const target = fileURLToPath(new URL('../../src/alarms/forecast/prior.generated.ts', import.meta.url))
writeFileSync(
  target,
  `// Written by correlator/bench/forecast/fit-prior.ts from synthetic traces.
/** What a forecaster believes of a series before it has seen it; each series then learns its own. */
export const PRIOR = ${JSON.stringify(prior, undefined, 1)}
`,
)
process.stdout.write(`${JSON.stringify({ ...prior, tails: undefined })}\n`)
