import { OpsError } from './errors.ts'
import { writePercent } from './percent.ts'

/** A UUIDv7 (RFC 9562, 5.7): `ms` UTC milliseconds in the first 48 bits, the rest random. Sorts by time. */
export function uuidv7(ms: number): string {
  const bytes = new Uint8Array(16)
  globalThis.crypto.getRandomValues(bytes)
  new DataView(bytes.buffer).setUint32(0, Math.floor(ms / 0x10000))
  new DataView(bytes.buffer).setUint16(4, ms % 0x10000)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** An event id: `urn:uuid:` and a UUIDv7. */
export function eventId(ms: number): string {
  return `urn:uuid:${uuidv7(ms)}`
}

/** GS1 mod 10 check digit of `digits` without its check digit: weights 3,1,3... from the right (GenSpec 7.9). */
export function checkDigit(digits: string): number {
  let sum = 0
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += Number(digits[i]) * weight
  return (10 - (sum % 10)) % 10
}

/** Whether the last digit is the right check digit. */
export function hasCheckDigit(digits: string): boolean {
  return /^\d{2,}$/.test(digits) && checkDigit(digits.slice(0, -1)) === Number(digits.at(-1))
}

/**
 * A GS1 key as its canonical Digital Link URI, e.g. `gs1Uri('00', sscc)`; qualifiers follow in the order given. The
 * value is taken as it is: `isSscc` and its like check it.
 */
export function gs1Uri(ai: string, value: string, ...qualifiers: [ai: string, value: string][]): string {
  const path = [[ai, value] as const, ...qualifiers].map(([name, text]) => `${name}/${writePercent(text)}`)
  return `https://id.gs1.org/${path.join('/')}`
}

const ORDER = /^urn:epcglobal:cbv:bt:(\d{13}):(.+)$/

/**
 * The CBV business transaction URI of an order number issued by the party with this GLN (CBV 2.0, 8.5.1).
 * Throws `OpsError('INPUT_INVALID')` when the GLN has not 13 digits or the order number is empty.
 */
export function orderUri(gln: string, order: string): string {
  if (!/^\d{13}$/.test(gln)) throw new OpsError('INPUT_INVALID', `"${gln}" is not a GLN of 13 digits`)
  if (order === '') throw new OpsError('INPUT_INVALID', 'an order number must not be empty')
  try {
    return `urn:epcglobal:cbv:bt:${gln}:${encodeURIComponent(order)}`
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', 'the order number is not well-formed text', { cause })
  }
}

/** The order number in a CBV business transaction URI; the text itself when it is another URI. */
export function orderNumber(uri: string): string {
  const text = ORDER.exec(uri)?.[2]
  if (text === undefined) return uri
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a percent sign that escapes nothing: somebody's order number, shown as it came
  }
}
