import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gumbelThreshold, permutedMaxima } from '../src/causes/index.ts'
import { type Localised, localise } from './causes/localise.ts'
import { METHODS, snapshotOf } from './causes/methods.ts'
import { modelForm, NOISE } from './causes/model-form.ts'
import { otherForm } from './causes/other-form.ts'
import { type FormResult, page, type Results } from './causes/page.ts'
import { KIND, type Scenario } from './causes/scenario.ts'
import { type Judged, judge } from './causes/score.ts'
import { speeds } from './causes/speed.ts'
import { tableScores } from './causes/table-score.ts'
import { seededRandom } from './random.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const ORDERS = 2000

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const runs = values.quick ? 20 : Number(values.runs)
const firstSeed = Number(values.seed)

const FORMS: Record<string, (seed: number, faults?: number) => Scenario> = {
  clean: (seed, faults) => modelForm(seed, ORDERS, NOISE.clean, faults),
  noisy: (seed, faults) => modelForm(seed, ORDERS, NOISE.noisy, faults),
  lossy: (seed, faults) => modelForm(seed, ORDERS, NOISE.lossy, faults),
  other: otherFormOf,
}

function otherFormOf(seed: number, faults?: number): Scenario {
  return otherForm(seed, ORDERS, faults)
}

if (values.help)
  process.stdout.write(
    'npm run bench:causes -- [--runs 300] [--seed 1] [--quick]\nWrites docs/generated/causes.md, except with --quick.\n',
  )
else run()

function run(): void {
  const results: Results = {
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT }).toString().trim(),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    runs,
    firstSeed,
    orders: ORDERS,
    forms: Object.entries(FORMS).map(([name, make]) => measure(name, make)),
    tables: tableScores(values.quick ? 2 : 16),
    speeds: speeds(values.quick),
  }
  const text = page(results)
  process.stdout.write(text)
  if (!values.quick) writeFileSync(`${ROOT}/docs/generated/causes.md`, text)
}

function measure(name: string, make: (seed: number, faults?: number) => Scenario): FormResult {
  const judged = Object.fromEntries(Object.keys(METHODS).map((method): [string, Judged[]] => [method, []]))
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const scenario = make(seed)
    const snapshot = snapshotOf(scenario)
    for (const [method, find] of Object.entries(METHODS))
      judged[method]?.push(judge(find(snapshot), scenario.truth, snapshot))
  }
  const random = seededRandom(5)
  const quiet = Object.fromEntries(Object.keys(METHODS).map((method) => [method, 0]))
  const maxima: number[] = []
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const snapshot = snapshotOf(make(100_000 + seed, 0))
    for (const [method, find] of Object.entries(METHODS)) quiet[method] = (quiet[method] ?? 0) + find(snapshot).length
    maxima.push(...permutedMaxima(snapshot.engine.screen, KIND, 2, random.unit))
  }
  const found: (Localised | undefined)[] = []
  for (let seed = 1; seed <= Math.max(5, runs / 10); seed++) found.push(localise(make(200_000 + seed, 1)))
  // Windows of 15 minutes: 96 a day.
  const threshold = gumbelThreshold(maxima, 1 / 7 / 96)
  return { name, judged, quiet, quietRuns: runs, threshold, found }
}
