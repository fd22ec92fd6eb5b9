import { canonicalUri } from './epc-uri.ts'
import { isTime } from './primitives.ts'

/** Prefix -> namespace. */
export type Names = ReadonlyMap<string, string>

/** A value in the one form all its spellings share: numbers, CURIEs, vocabulary URNs, EPC URIs, Digital Links. */
export function canonical(value: string | number | boolean, names: Names): string {
  const plain = decimal(String(value).trim())
  const full = expandUri(plain, names)
  return canonicalUri(full) ?? full
}

const CBV_URN = /^urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er):(.+)$/
const CBV_PART: Record<string, string> = { bizstep: 'BizStep', disp: 'Disp', btt: 'BTT', sdt: 'SDT', er: 'ER' }

/** CURIEs of declared prefixes and the vocabulary URNs of EPCIS 1.x as full URIs (rules 14 and 15). */
function expandUri(value: string, names: Names): string {
  const urn = CBV_URN.exec(value)
  if (urn !== null) return `https://ref.gs1.org/cbv/${CBV_PART[urn[1] ?? '']}-${urn[2]}`
  const colon = value.indexOf(':')
  if (colon < 1 || value.startsWith('//', colon + 1) || /\s/.test(value)) return value
  const space = names.get(value.slice(0, colon))
  return space === undefined ? value : space + value.slice(colon + 1)
}

/**
 * A number without leading zeros, plus sign and trailing zeros (rule 6). Texts that are numbers count too: XML cannot
 * tell them apart. Done on the text, so that 20 digits keep all their digits.
 */
function decimal(value: string): string {
  const number = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(value)
  if (number === null) return value
  const [, sign, whole = '', fraction = '', exponent] = number
  const shift = Number(exponent ?? 0)
  const digits = whole + fraction
  const point = whole.length + shift
  const left =
    digits
      .slice(0, Math.max(point, 0))
      .padEnd(point, '0')
      .replace(/^0+(?=\d)/, '') || '0'
  const right = ('0'.repeat(Math.max(-point, 0)) + digits.slice(Math.max(point, 0))).replace(/0+$/, '')
  const size = right === '' ? left : `${left}.${right}`
  return sign === '-' && size !== '0' ? `-${size}` : size
}

/** UTC with milliseconds, rounded on the fourth decimal (rules 8 and 9). Text that is no time stays as it is. */
export function utcMillis(value: string): string {
  if (!isTime(value)) return value
  const [, seconds = '', fraction = '', zone = 'Z'] = /^(.{19})(?:\.(\d+))?(Z|[+-]..:..)$/.exec(value) ?? []
  const leap = seconds.endsWith(':60')
  const millis = Math.round(Number(`0.${fraction || '0'}`) * 1000) + (leap ? 1000 : 0)
  return new Date(Date.parse(`${leap ? `${seconds.slice(0, -2)}59` : seconds}${zone}`) + millis).toISOString()
}

/** By Unicode code points (rule 10). */
export function sorted(items: readonly string[]): string[] {
  return [...items].sort(byCodePoint)
}

/** JavaScript compares UTF-16 units, which puts characters above U+FFFF before some below it. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
