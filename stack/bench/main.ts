import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { explain } from '@waytrace/standard/process'
import { Command } from 'commander'
import { removeFolder } from './centre.ts'
import type { BenchContext, Section } from './context.ts'
import { type Figure, type Findings, isMet } from './figure.ts'
import { asMarkdown, asText, profileText, type Report } from './report.ts'
import { edge } from './sections/edge.ts'
import { ingestBatch, ingestSingle, puback } from './sections/ingest.ts'
import { parts } from './sections/parts.ts'
import { start } from './sections/start.ts'
import { timeline } from './sections/timeline.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGE = join(ROOT, 'docs/generated/performance.md')
const SECTIONS: Section[] = [ingestSingle, ingestBatch, puback, timeline, edge, start, parts]

/** At this load average somebody else measures too. */
const BUSY = 0.5

interface Options {
  only?: string[]
  quick?: boolean
  repeats: string
  events: string
  dir: string
}

const print = (text: string) => void process.stdout.write(`${text}\n`)

const command = new Command('npm run bench --')
  .description('Measures what the design promises, each figure beside a floor or a peer in the same run.')
  .option('--only <section...>', `sections to run: ${SECTIONS.map(({ name }) => name).join(', ')}`)
  .option('--quick', 'short runs: whether everything works, not how fast')
  .option('--repeats <n>', 'runs of which the median is taken', '3')
  .option('--events <n>', 'events stored before the timeline look-ups', '1000000')
  .option(
    '--dir <folder>',
    'where the data of the measured processes lies; not a memory file system',
    join(ROOT, 'data'),
  )
  .action(bench)

async function bench(options: Options): Promise<void> {
  const { only, quick = false } = options
  const chosen = SECTIONS.filter(({ name }) => only === undefined || only.includes(name))
  if (chosen.length === 0) throw new Error(`no such section; there are ${SECTIONS.map(({ name }) => name).join(', ')}`)
  const [load = 0] = loadavg()
  if (load > BUSY) print(`Load average ${load.toFixed(2)}: the machine is busy, absolute figures will say so.`)
  build()
  mkdirSync(options.dir, { recursive: true })
  const work = mkdtempSync(join(options.dir, 'bench-'))
  process.once('exit', () => removeFolder(work))
  const context: BenchContext = {
    work,
    quick,
    repeats: quick ? 1 : Number(options.repeats),
    storedEvents: quick ? 20_000 : Number(options.events),
    say: (text) => print(`  ${text}`),
  }
  const report: Report = { date: new Date().toISOString().slice(0, 10), load, options: said(options), sections: [] }
  for (const { name, title, run } of chosen) {
    print(`\n${title} (${name})`)
    const findings = await run(context).catch(failed)
    report.sections.push({ name, title, findings })
    print(asText(findings.figures))
    for (const note of findings.notes) print(`- ${note}`)
    if (findings.profiles !== undefined) print(profileText(findings.profiles))
  }
  const missed = report.sections
    .flatMap(({ findings }) => findings.figures)
    .filter((one: Figure) => isMet(one) === false)
  print(missed.length === 0 ? '\nEvery target is met.' : `\nMissed: ${missed.map(({ what }) => what).join('; ')}`)
  if (only !== undefined || quick) return
  writeFileSync(PAGE, asMarkdown(report))
  print(`Written: ${PAGE}`)
}

/** One section that fails must not cost the others' hours. */
function failed(error: unknown): Findings {
  process.exitCode = 1
  return { figures: [], notes: [`Failed: ${error instanceof Error ? error.message : String(error)}`] }
}

/** What is measured is what production runs. */
function build(): void {
  print('Building ...')
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed:\n${stdout}`)
}

function said({ repeats, events }: Options): string {
  return `--repeats ${repeats} --events ${events}`
}

try {
  await command.parseAsync()
  process.exit()
} catch (error) {
  process.stderr.write(explain(error))
  process.exit(1)
}
