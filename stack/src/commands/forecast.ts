import { readFileSync } from 'node:fs'
import { type ForecastWarning, forecastSeries, readSeries, type SeriesRow } from '@waytrace/correlator'
import { OpsError } from '@waytrace/standard'
import type { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import { printJson, printTable, printText } from '../print.ts'

interface Options {
  series: string
  upper?: string
  lower?: string
  margin?: string
  horizon: string
  json?: boolean
}

const UNIT_MS = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000 } as const
const LONGEST_MS = 24 * 3_600_000

export function forecastCommand(program: Command) {
  program
    .command('forecast')
    .description(
      'Say of a series when a limit would have been expected to break, reading by reading, as if it were live.',
    )
    .requiredOption(
      '--series <file.csv>',
      'columns time (RFC 3339; without a zone UTC; or seconds or ms since 1970) and value (empty: the measurement failed)',
    )
    .option('--upper <x>', 'the limit not to be exceeded, in the unit of the values')
    .option('--lower <y>', 'the limit not to fall below')
    .option('--horizon <time>', 'how long ahead a warning shall come, such as 900s, 15m or 1h', '15m')
    .option('--margin <x>', 'margin of the plain alarm beside it; learnt from the series when left out')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nEach warning is a reading at which it stands. probability: of a breach within the horizon; earliest and latest:' +
        '\nbetween them four of five such breaches come; baseline: the plain margin alarm of the same readings.' +
        '\nExample: waytrace forecast --series room.csv --upper 8 --lower 2 --horizon 15m',
    )
    .action((options: Options) => {
      const limits = limitsOf(options)
      const found = forecastSeries(readSeries(readCsv(options.series)), limits)
      const warnings = found.warnings.map(asText)
      const baseline = found.baseline.map((alarm) => ({ ...alarm, at: iso(alarm.at), breachAt: iso(alarm.breachAt) }))
      if (options.json) printJson({ warnings, baseline })
      else say(warnings, baseline.length)
    })
}

function limitsOf({ upper, lower, margin, horizon }: Options) {
  const limits = {
    ...number('--upper', upper),
    ...number('--lower', lower),
    ...number('--margin', margin),
    horizonMs: duration(horizon),
  } as { upper?: number; lower?: number; margin?: number; horizonMs: number }
  if (limits.upper === undefined && limits.lower === undefined)
    throw new OpsError('INPUT_INVALID', 'give a limit with --upper, --lower or both')
  if (limits.upper !== undefined && limits.lower !== undefined && limits.lower >= limits.upper)
    throw new OpsError('INPUT_INVALID', `--lower ${limits.lower} must be below --upper ${limits.upper}`)
  if ((limits.margin ?? 0) < 0) throw new OpsError('INPUT_INVALID', '--margin must not be negative')
  return limits
}

function number(option: string, text: string | undefined): Record<string, number> {
  if (text === undefined) return {}
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    throw new OpsError('INPUT_INVALID', `${option} wants a number, got "${text}"`)
  return { [option.slice(2)]: value }
}

function duration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(s|m|min|h)$/.exec(text.trim()) ?? []
  const ms = Number(amount) * UNIT_MS[(unit ?? 's') as keyof typeof UNIT_MS]
  if (!(ms >= 1000 && ms <= LONGEST_MS))
    throw new OpsError('INPUT_INVALID', `--horizon wants a time from 1s to 24h such as 15m, got "${text}"`)
  return ms
}

function readCsv(file: string): SeriesRow[] {
  let records: { record: { time?: string; value?: string }; info: { lines: number } }[]
  let names: string[] = []
  try {
    records = parse(readFileSync(file), {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      columns: (header: string[]) => {
        names = header
        return header
      },
    }) as unknown as typeof records
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', `${file}: ${(cause as Error).message}`, { cause })
  }
  for (const name of ['time', 'value'])
    if (!names.includes(name))
      throw new OpsError('INPUT_INVALID', `${file}, line 1: column ${name} is missing; there is ${names.join(', ')}`)
  return records.map(({ record, info }) => ({ line: info.lines, time: record.time, value: record.value }))
}

const iso = (ms: number) => new Date(ms).toISOString()

function asText({ at, breachAt, probability, earliest, latest, later, side }: ForecastWarning) {
  return {
    at: iso(at),
    breachAt: iso(breachAt),
    probability: Number(probability.toFixed(4)),
    side,
    earliest: iso(earliest),
    latest: iso(latest),
    withinFourHorizons: Number(later.toFixed(4)),
  }
}

function say(warnings: readonly ReturnType<typeof asText>[], baseline: number): void {
  if (warnings.length === 0) printText('No warning.')
  else
    printTable(
      ['at', 'limit', 'breach expected', 'between', 'and', 'P within the horizon', 'P within four'],
      warnings.map((warning) => [
        warning.at,
        warning.side,
        warning.breachAt,
        warning.earliest,
        warning.latest,
        warning.probability.toFixed(2),
        warning.withinFourHorizons.toFixed(2),
      ]),
    )
  printText(`The plain margin alarm stood at ${baseline} readings.`)
}
