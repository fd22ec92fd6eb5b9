import { QUANTITIES, type Quantity } from '@waytrace/standard'
import { defineDriver, malformed, type Observation, type Reading } from '../driver.ts'
import { scaled } from './fixed/decimal.ts'
import { findReading, labelled } from './fixed/layout.ts'
import { joinCells, splitCells } from './logger/csv.ts'
import { civilTime, instantsOf } from './logger/local-time.ts'
import { type LoggerColumn, type LoggerOptions, loggerOptions } from './logger/options.ts'
import { type TimeFormat, timeFormat } from './logger/time-format.ts'

interface Layout {
  time: number[]
  format: TimeFormat
  columns: (LoggerColumn & { index: number })[]
}

const SERIAL = 'serial'

/**
 * A data logger's CSV file, or one line of it: times in the logger's zone, values with their own decimal mark and unit,
 * faults as texts. A file is taken whole or not at all; the message of a refusal names the line.
 */
export default defineDriver<LoggerOptions>({
  model: 'logger-csv',
  version: '1.0.0',
  summary: 'CSV files of temperature loggers, by options for columns, time format, zone and decimal mark: RFC 4180.',
  integrity: 'none',
  options: loggerOptions,
  decode(frame, _context, options) {
    const lines = textOf(frame).split(/\r\n|\n|\r/)
    while (lines.at(-1)?.trim() === '') lines.pop()
    if (options.frame === 'line') {
      const [line] = lines
      if (line === undefined || lines.length > 1) throw malformed('want one line')
      return rowsOf([line], 1, layoutOf(undefined, options), options)
    }
    if (lines.length > options.maxLines) throw malformed(`${lines.length} lines, at most ${options.maxLines} are taken`)
    const header = options.header ? lines[options.metaLines] : undefined
    if (options.header && header === undefined) throw malformed('the file ends before its header')
    const first = options.metaLines + (options.header ? 1 : 0)
    const layout = layoutOf(header, options)
    const readings = rowsOf(lines.slice(first), first + 1, layout, options)
    return [...serialOf(lines.slice(0, options.metaLines), readings, options), ...readings]
  },
  encode(observations, options) {
    const header = headerOf(observations, options)
    const layout = layoutOf(header, options)
    const times = [...new Set(observations.filter((o) => o.kind !== 'identity').map((o) => o.at))]
    const rows = times.map((at) => rowOf(observations, at, layout, options))
    const meta = Array.from({ length: options.metaLines }, () => '')
    const serial = findReading(observations, 'identity', SERIAL)?.value
    if (options.serial !== undefined && meta.length > 0)
      meta[0] = joinCells([options.serial, String(serial ?? '')], options.delimiter)
    const lines = options.frame === 'line' ? rows : [...meta, ...(header === undefined ? [] : [header]), ...rows]
    return new TextEncoder().encode(`${lines.join('\r\n')}\r\n`)
  },
})

function textOf(frame: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(frame)
  } catch {
    throw malformed('not UTF-8 text')
  }
}

function layoutOf(header: string | undefined, options: LoggerOptions): Layout {
  const names = header === undefined ? undefined : splitCells(header, options.delimiter)
  const columns = options.columns ?? quantitiesIn(names ?? [])
  if (columns.length === 0) throw malformed('no column of the file is a quantity; state columns')
  return {
    time: options.time.columns.map((column) => indexOf(column, names)),
    format: timeFormat(options.time.format),
    columns: columns.map((column) => ({ ...column, index: indexOf(column.column, names) })),
  }
}

function quantitiesIn(names: readonly string[]): LoggerColumn[] {
  return names.flatMap((name) => {
    const kind = name.toLowerCase()
    return isQuantity(kind) ? [{ column: name, kind, unit: 'C' as const, scale: 1, sentinels: [] }] : []
  })
}

function isQuantity(name: string): name is Quantity {
  return Object.hasOwn(QUANTITIES, name)
}

function indexOf(column: string | number, names: readonly string[] | undefined): number {
  if (typeof column === 'number') return column - 1
  const index = names?.findIndex((name) => name.toLowerCase() === column.toLowerCase()) ?? -1
  if (index < 0) throw malformed(`no column ${column} in the header`)
  return index
}

function rowsOf(lines: readonly string[], first: number, layout: Layout, options: LoggerOptions): Reading[] {
  const readings: Reading[] = []
  let before = Number.NEGATIVE_INFINITY
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue
    const cells = splitCells(line, options.delimiter)
    const at = timeOf(cells, layout, options, before)
    if (at === undefined) throw malformed(`line ${first + i}: no time of the format ${options.time.format}`)
    before = at
    for (const column of layout.columns) readings.push(readCell(column, cells[column.index], at, options.decimal))
  }
  return readings
}

/** In the hour that autumn repeats, the printed time is meant twice: the order of the lines tells which. */
function timeOf(cells: readonly string[], layout: Layout, options: LoggerOptions, before: number): number | undefined {
  const parsed = layout.format.parse(layout.time.map((index) => cells[index] ?? '').join(' '))
  if (parsed === undefined) return undefined
  if ('instant' in parsed) return parsed.instant
  const instants = instantsOf(parsed.civil, options.time.zone)
  return instants.find((instant) => instant >= before) ?? instants[0]
}

function readCell(column: LoggerColumn, cell: string | undefined, at: number, decimal: string): Reading {
  const label = labelled(column.kind, at, column.channel)
  const text = cell ?? ''
  if (column.sentinels.includes(text)) return { ...label, exception: 'ERROR_CONDITION', reason: 'sentinel', raw: text }
  const digits = decimal === ',' ? text.replace(',', '.') : text
  const valid = /^[+-]?(\d{1,15}\.?\d{0,15}|\.\d{1,15})$/.test(digits) && !(decimal === ',' && text.includes('.'))
  if (!valid) return { ...label, exception: 'ERROR_CONDITION', reason: 'not-available', raw: text }
  const number = scaled(Number(digits), column.scale)
  return { ...label, value: isFahrenheit(column) ? celsius(number) : number }
}

function isFahrenheit({ kind, unit }: LoggerColumn): boolean {
  const quantity: { readonly type: string; readonly uom?: string } = QUANTITIES[kind]
  return unit === 'F' && quantity.uom === 'CEL'
}

/** To a thousandth: the tenth of a Fahrenheit degree that loggers print is 0.056 degC. */
function celsius(fahrenheit: number): number {
  return Math.round(((fahrenheit - 32) / 1.8) * 1000) / 1000 + 0
}

function serialOf(meta: readonly string[], readings: readonly Reading[], options: LoggerOptions): Reading[] {
  const at = readings.at(-1)?.at
  if (options.serial === undefined || at === undefined) return []
  for (const line of meta) {
    const [key, value] = splitCells(line, line.includes(options.delimiter) ? options.delimiter : ':')
    if (key?.replace(/:$/, '').toLowerCase() !== options.serial.toLowerCase() || !value) continue
    return [{ kind: 'identity', at, channel: SERIAL, value }]
  }
  throw malformed(`no meta line ${options.serial}`)
}

function headerOf(
  observations: readonly Observation[],
  { header, frame, time, columns, delimiter }: LoggerOptions,
): string | undefined {
  if (!header || frame === 'line') return undefined
  const kinds = [...new Set(observations.map((o) => o.kind))].filter((kind) => kind !== 'identity')
  const named = columns ?? kinds.map((kind) => ({ column: kind }))
  return joinCells([...time.columns, ...named.map((c) => c.column)].map(String), delimiter)
}

function rowOf(observations: readonly Observation[], at: number, layout: Layout, options: LoggerOptions): string {
  const width = Math.max(...layout.time, ...layout.columns.map((c) => c.index)) + 1
  const cells = Array.from({ length: width }, () => '')
  const printed = layout.format.print(civilTime(at, options.time.zone), at)
  const parts = layout.time.length === 2 ? printed.split(' ') : [printed]
  for (const [i, index] of layout.time.entries())
    cells[index] = parts.slice(i, i === 0 && layout.time.length === 2 ? 1 : undefined).join(' ')
  const now = observations.filter((o) => o.at === at)
  for (const column of layout.columns)
    cells[column.index] = printCell(column, findReading(now, column.kind, column.channel), options)
  return joinCells(cells, options.delimiter)
}

function printCell(column: LoggerColumn, reading: Reading | undefined, options: LoggerOptions): string {
  const { value, raw } = reading ?? {}
  if (typeof value !== 'number') return String(raw ?? column.sentinels[0] ?? '')
  const number = scaled(isFahrenheit(column) ? scaled(value, 1.8, 32) : value, 1 / column.scale)
  return String(number).replace('.', options.decimal)
}
