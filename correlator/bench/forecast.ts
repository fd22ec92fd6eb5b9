import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { BASELINES, HORIZON_MS, MARGIN_STEPS, type Method, marginOf, ours } from './forecast/methods.ts'
import { page, type Reliability, type Row } from './forecast/page.ts'
import { type Case, caseOf, RATES } from './forecast/replay.ts'
import { addScore, f1, noScore, type Score } from './forecast/score.ts'
import { FORMS } from './forecast/traces.ts'

const PAGE = fileURLToPath(new URL('../../docs/generated/forecast.md', import.meta.url))
const DAYS = 28
/** Not the seeds that weights (fit-prior.ts), thresholds and margins were chosen on, nor any looked at while doing so. */
const SEEDS = [7001, 7002, 7003, 7004, 7005, 7006]
const METHODS: Method[] = [ours, ...BASELINES, marginOf(MARGIN_STEPS)]
/** Margins of which the best is picked afterwards, for each row: a baseline that knows the answers. */
const HINDSIGHT = [1, 2, 3, 4, 6, 8, 12].map((steps) => ({ ...marginOf(steps), name: `hindsight ${steps}` }))

const print = (text: string) => void process.stdout.write(`${text}\n`)

interface Tally {
  scores: Map<string, Score>
  reliability: Reliability[]
  sudden: { breaches: number; caught: number }
}

const newTally = (): Tally => ({
  scores: new Map(),
  reliability: Array.from({ length: 10 }, () => ({ stated: 0, came: 0, n: 0 })),
  sudden: { breaches: 0, caught: 0 },
})

function scoreOf(tally: Tally, name: string): Score {
  const score = tally.scores.get(name) ?? noScore()
  tally.scores.set(name, score)
  return score
}

/** Runs one method over a case into every tally it belongs to. */
function run(method: Method, name: string, found: Case, tallies: readonly Tally[]): void {
  const take = method.start(found.limit)
  const warned: number[] = []
  for (const reading of found.readings) {
    const { warns, outlook } = take(reading)
    if (warns) warned.push(reading.at)
    if (outlook === undefined || reading.at < found.from) continue
    const breach = found.breaches.find((at) => at > reading.at) ?? Number.POSITIVE_INFINITY
    const soon = breach <= reading.at + HORIZON_MS ? 1 : 0
    const later = breach <= reading.at + 4 * HORIZON_MS ? 1 : 0
    // Between two breaches of one excursion nothing counts as a breach, so nothing was foretold wrongly there.
    if (!outlook.armed) continue
    for (const tally of tallies) {
      const score = scoreOf(tally, name)
      score.forecasts += 1
      score.brier += (outlook.probability - soon) ** 2
      score.came += soon
      const bin = tally.reliability[Math.min(9, Math.floor((outlook.within.at(-1) as number) * 10))] as Reliability
      bin.n += 1
      bin.stated += outlook.within.at(-1) as number
      bin.came += later
    }
  }
  warned.sort((a, b) => a - b)
  for (const tally of tallies) {
    addScore(scoreOf(tally, name), { at: found.trace.at, breaches: found.breaches }, warned, found.from)
    if (method !== ours || name !== ours.name) continue
    for (const breach of found.breaches) {
      if (breach < found.from + 4 * HORIZON_MS || !found.sudden.has(breach)) continue
      tally.sudden.breaches += 1
      if (warned.some((at) => at >= breach - 4 * HORIZON_MS && at <= breach - HORIZON_MS)) tally.sudden.caught += 1
    }
  }
}

function measure() {
  const forms = new Map<string, Tally>()
  const rates = new Map<number, Tally>(RATES.map((rate) => [rate, newTally()]))
  const all = newTally()
  let readings = 0
  let ms = 0
  for (const [form, { make }] of Object.entries(FORMS)) {
    const tally = newTally()
    forms.set(form, tally)
    for (const seed of SEEDS) {
      const trace = make(seed, DAYS)
      for (const rate of RATES) {
        const into = [tally, rates.get(rate) as Tally, all]
        const found = caseOf(trace, rate, false)
        const start = performance.now()
        run(ours, ours.name, found, into)
        ms += performance.now() - start
        readings += found.readings.length
        for (const method of [...METHODS.slice(1), ...HINDSIGHT]) run(method, method.name, found, into)
        run(ours, 'forecast, rough replay', caseOf(trace, rate, true), into)
      }
    }
    print(`${form}: ${show(scoreOf(tally, ours.name))}`)
  }
  return { forms, rates, all, readingsPerSecond: Math.round((readings / ms) * 1000) }
}

function show(score: Score): string {
  return `F1 ${f1(score).toFixed(3)}, ${score.caught} of ${score.breaches} breaches, ${score.falseEpisodes} false`
}

function rowsOf({ scores }: Tally): Row[] {
  const named = [...METHODS.map(({ name }) => name), 'forecast, rough replay']
  const rows = named.map((name) => ({ name, score: scores.get(name) ?? noScore() }))
  const best = HINDSIGHT.map(({ name }) => ({ name, score: scores.get(name) ?? noScore() })).sort(
    (a, b) => f1(b.score) - f1(a.score),
  )[0]
  if (best !== undefined)
    rows.push({ name: `best margin in hindsight (${best.name.split(' ')[1]})`, score: best.score })
  return rows
}

const { forms, rates, all, readingsPerSecond } = measure()
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
const text = page({
  date: new Date().toISOString().slice(0, 10),
  commit,
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`,
  about: [...METHODS.map(({ name, about }) => ({ name, about }))],
  days: DAYS,
  seeds: SEEDS.length,
  heldOut: Object.entries(FORMS).flatMap(([form, { fitted }]) => (fitted ? [] : [form])),
  readingsPerSecond,
  sections: [
    { title: 'All forms and limits', rows: rowsOf(all) },
    ...[...rates].map(([rate, tally]) => ({ title: `Limits broken about ${rate} times a week`, rows: rowsOf(tally) })),
    ...[...forms].map(([form, tally]) => ({ title: `Form: ${form}`, rows: rowsOf(tally) })),
  ],
  reliability: all.reliability,
  sudden: all.sudden,
})
writeFileSync(PAGE, text)
print(text)
