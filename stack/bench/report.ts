import { cpus } from 'node:os'
import { type Figure, type Findings, isMet, type ThreadProfile } from './figure.ts'

export interface Report {
  date: string
  /** Load average before the run: what else the machine did. */
  load: number
  options: string
  sections: { name: string; title: string; findings: Findings }[]
}

const COLUMNS = ['what', 'ours', 'target', '', 'compared with, in the same run', 'it', 'ours / it'] as const

/** Lines of the table for a terminal. */
export function asText(figures: readonly Figure[]): string {
  const rows = [[...COLUMNS], ...figures.flatMap(rowsOf)]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, i) => pad(cell, widths[i] ?? 0, i)).join('  ')).join('\n')
}

/** The profiles as lines for a terminal. */
export function profileText(profiles: readonly ThreadProfile[]): string {
  return profiles
    .map(({ name, busy, functions }) => {
      const lines = functions.map((one) => `  ${percent(one.share).padStart(7)}  ${one.name}`)
      return [`Profile of ${name}, busy ${percent(busy)}:`, ...lines].join('\n')
    })
    .join('\n')
}

/** `docs/generated/performance.md`. */
export function asMarkdown({ date, load, options, sections }: Report): string {
  const lines = [
    '# Performance',
    '',
    'Printed by `npm run bench`. Every figure stands beside what the same run measured of the parts it is made of, or of',
    'a peer; ratios travel between machines, absolute figures do not. Where a target is missed, the profile below the',
    'table says where the time goes.',
    '',
    `Measured ${date} on ${machine()}, with \`${options}\`, at a load average of ${load.toFixed(2)} before the run. All`,
    'processes, load generator included, shared the machine; data lay on disk.',
  ]
  for (const { title, findings } of sections) {
    lines.push('', `## ${title}`, '')
    if (findings.figures.length > 0) {
      lines.push(`| ${COLUMNS.join(' | ')} |`, `|${COLUMNS.map((_, i) => (isNumber(i) ? '---:' : '---')).join('|')}|`)
      for (const row of findings.figures.flatMap(rowsOf)) lines.push(`| ${row.join(' | ')} |`)
      lines.push('')
    }
    for (const note of findings.notes) lines.push(`- ${note}`)
    for (const { name, busy, functions } of findings.profiles ?? []) {
      lines.push('', `Profile of ${name}: busy ${percent(busy)} of the time; self time of that by function:`, '')
      for (const one of functions) lines.push(`- ${percent(one.share)} \`${one.name}\``)
    }
  }
  return `${lines.join('\n')}\n`
}

function machine(): string {
  const processors = cpus()
  const model = processors[0]?.model.trim() || 'processor of unknown name'
  return `${processors.length} cores (${model}), Node ${process.versions.node}, ${process.platform}`
}

/** One row for a figure, and one more for each further comparison. */
function rowsOf(figure: Figure): string[][] {
  const { what, value, unit, target, compare = [] } = figure
  const met = isMet(figure)
  const goal =
    target === undefined ? '' : 'atLeast' in target ? `>= ${count(target.atLeast)}` : `<= ${count(target.atMost)}`
  const begin = [what, `${count(value)} ${unit}`.trim(), goal, met === undefined ? '' : met ? 'met' : 'MISSED']
  const ends = compare.map((one) => [one.name, count(one.value), ratio(value / one.value)])
  const first = ends[0] ?? ['', '', '']
  return [[...begin, ...first], ...ends.slice(1).map((end) => ['', '', '', '', ...end])]
}

function ratio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(value < 0.1 ? 3 : 2) : ''
}

function count(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) >= 100 ? 0 : 2 })
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function isNumber(column: number): boolean {
  return column === 1 || column === 2 || column >= 5
}

function pad(cell: string, width: number, column: number): string {
  return isNumber(column) ? cell.padStart(width) : cell.padEnd(width)
}
