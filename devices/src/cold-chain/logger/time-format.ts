import type { CivilTime } from './local-time.ts'

/** What a time column holds: an instant by itself, or a civil time that needs the logger's zone. */
export type ParsedTime = { instant: number } | { civil: CivilTime }

/** Number patterns by token; AM/PM is `a`. */
const TOKENS: Readonly<Record<string, { pattern: string; field?: keyof CivilTime }>> = {
  yyyy: { pattern: '\\d{4}', field: 'year' },
  yy: { pattern: '\\d{2}', field: 'year' },
  MM: { pattern: '\\d{2}', field: 'month' },
  M: { pattern: '\\d{1,2}', field: 'month' },
  dd: { pattern: '\\d{2}', field: 'day' },
  d: { pattern: '\\d{1,2}', field: 'day' },
  HH: { pattern: '\\d{2}', field: 'hour' },
  H: { pattern: '\\d{1,2}', field: 'hour' },
  hh: { pattern: '\\d{2}', field: 'hour' },
  h: { pattern: '\\d{1,2}', field: 'hour' },
  mm: { pattern: '\\d{2}', field: 'minute' },
  ss: { pattern: '\\d{2}', field: 'second' },
  SSS: { pattern: '\\d{3}', field: 'ms' },
  a: { pattern: '[AaPp][Mm]' },
}
const TOKEN = /yyyy|yy|MM?|dd?|HH?|hh?|mm|ss|SSS|a/g
const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/

export interface TimeFormat {
  /** Undefined when the text is not of this format. */
  parse(text: string): ParsedTime | undefined
  /** The text of a time given both ways, for the encoder. */
  print(civil: CivilTime, instant: number): string
}

/** `iso`, `unix` (seconds), `unix-ms`, or a pattern such as `dd.MM.yyyy HH:mm:ss`, `M/d/yy h:mm a`. */
export function timeFormat(format: string): TimeFormat {
  if (format === 'unix') return unixFormat(1000)
  if (format === 'unix-ms') return unixFormat(1)
  return format === 'iso' ? isoFormat : patternFormat(format)
}

/** Whether a pattern names at least a year, a month and a day. */
export function isTimeFormat(format: string): boolean {
  if (['iso', 'unix', 'unix-ms'].includes(format)) return true
  const fields = (format.match(TOKEN) ?? []).map((token) => TOKENS[token]?.field)
  return (['year', 'month', 'day'] as const).every((field) => fields.includes(field))
}

const isoFormat: TimeFormat = {
  parse(text) {
    const zone = ISO.exec(text)?.[4]
    if (!ISO.test(text)) return undefined
    if (zone === undefined) return patternFormat(isoPattern(text)).parse(text.replace(/\.\d+$/, millis))
    const instant = Date.parse(text.replace(' ', 'T'))
    return Number.isNaN(instant) ? undefined : { instant }
  },
  print: (_, instant) => new Date(instant).toISOString(),
}

/** Until the year 2286: a longer number is not a time. */
const UNIX = { 1: /^\d{1,13}$/, 1000: /^\d{1,10}(\.\d{1,9})?$/ }

function unixFormat(unitMs: 1 | 1000): TimeFormat {
  return {
    parse: (text) => (UNIX[unitMs].test(text) ? { instant: Math.round(Number(text) * unitMs) } : undefined),
    print: (_, instant) => String(instant / unitMs),
  }
}

function patternFormat(format: string): TimeFormat {
  const tokens = format.match(TOKEN) ?? []
  const literals = format.split(TOKEN).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const body = tokens.map((token, i) => `(${TOKENS[token]?.pattern})${literals[i + 1] ?? ''}`).join('')
  const regex = new RegExp(`^${literals[0]}${body}$`)
  return {
    parse(text) {
      const values = regex.exec(text)?.slice(1)
      return values === undefined ? undefined : civilOf(tokens, values)
    },
    print: (civil) => format.replaceAll(TOKEN, (token) => printed(token, civil)),
  }
}

function civilOf(tokens: readonly string[], values: readonly string[]): ParsedTime | undefined {
  const civil: CivilTime = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, ms: 0 }
  for (const [i, token] of tokens.entries()) {
    const field = TOKENS[token]?.field
    if (field !== undefined) civil[field] = Number(values[i])
  }
  if (tokens.includes('yy')) civil.year += 2000
  const half = tokens.indexOf('a')
  if (half >= 0) {
    if (civil.hour < 1 || civil.hour > 12) return undefined
    civil.hour = (civil.hour % 12) + (values[half]?.toLowerCase() === 'pm' ? 12 : 0)
  }
  return { civil }
}

function printed(token: string, civil: CivilTime): string {
  const field = TOKENS[token]?.field
  if (field === undefined) return civil.hour < 12 ? 'AM' : 'PM'
  const value = token.startsWith('h') ? ((civil.hour + 11) % 12) + 1 : civil[field]
  return String(token === 'yy' ? value % 100 : value).padStart(token.length, '0')
}

function isoPattern(text: string): string {
  const separator = text[10] ?? ''
  if (text.length === 10) return 'yyyy-MM-dd'
  const fraction = text.includes('.') ? '.SSS' : ''
  return `yyyy-MM-dd${separator}HH:mm${text.length > 16 ? ':ss' : ''}${fraction}`
}

/** Fractions of any length as milliseconds. */
function millis(fraction: string): string {
  return fraction.padEnd(4, '0').slice(0, 4)
}
