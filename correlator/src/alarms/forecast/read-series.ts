import { type Issue, isTime, OpsError } from '@waytrace/standard'
import type { SeriesReading } from './series.ts'

/** One line of a file with the columns `time` and `value`. The header is line 1. */
export interface SeriesRow {
  line: number
  time?: string | undefined
  value?: string | undefined
}

/** Faults beyond these are counted, not listed. */
const MAX_ISSUES = 20
/** Date and time without a zone: taken as UTC. */
const LOCAL = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$/
/** Seconds since 1970 have ten digits until the year 2286; milliseconds have more. */
const SECONDS = /^\d{9,10}(\.\d+)?$/
const MILLISECONDS = /^\d{11,14}$/

/**
 * Rows as readings, in their order, which is taken as the order of arrival. A time is RFC 3339, or without a zone and
 * then UTC, or seconds or milliseconds since 1970. An empty value is a failed measurement. Throws
 * `OpsError('INPUT_INVALID')` that names each line and column at fault.
 */
export function readSeries(rows: readonly SeriesRow[]): SeriesReading[] {
  if (rows.length === 0) throw new OpsError('INPUT_INVALID', 'line 2: the series has no rows')
  const issues: Issue[] = []
  const complain = (line: number, column: string, what: string) =>
    issues.push({ path: `line ${line}, column ${column}`, message: `line ${line}, column ${column}: ${what}` })
  const readings = rows.map(({ line, time = '', value = '' }) => {
    const at = readTime(time.trim())
    if (at === undefined) complain(line, 'time', `a time is wanted, got "${time}"`)
    const text = value.trim()
    if (text === '') return { at: at ?? 0 }
    const number = Number(text)
    if (!Number.isFinite(number)) complain(line, 'value', `a number is wanted, got "${value}"`)
    return { at: at ?? 0, value: number }
  })
  if (issues.length > 0) {
    const more = issues.length > MAX_ISSUES ? `; and ${issues.length - MAX_ISSUES} more` : ''
    const said = issues.slice(0, MAX_ISSUES)
    throw new OpsError('INPUT_INVALID', said.map(({ message }) => message).join('; ') + more, { issues: said })
  }
  return readings
}

/** UTC ms of a time as files state it; undefined when it is none. */
export function readTime(text: string): number | undefined {
  if (MILLISECONDS.test(text)) return Number(text)
  if (SECONDS.test(text)) return Math.round(Number(text) * 1000)
  const local = LOCAL.exec(text)
  const zoned = local === null ? text.replace(' ', 'T') : `${local[1]}T${withSeconds(local[2] as string)}Z`
  if (!isTime(zoned)) return undefined
  const ms = Date.parse(zoned.replace(/:60(?=[.Z+-])/, ':59'))
  return Number.isNaN(ms) ? undefined : ms
}

const withSeconds = (time: string) => (time.length === 5 ? `${time}:00` : time)
