import { z } from 'zod'

/**
 * RFC 3986 with a scheme, as JSON Schema's `format: uri` means it: percent signs begin an escape, one fragment at most,
 * square brackets only around an IP literal.
 */
const URI =
  /^[A-Za-z][A-Za-z0-9+.-]*:(?:\/\/(?:[\w.~!$&'()*+,;=:%-]*@)?\[[0-9A-Fa-f:.]+\])?(?:[\w\-.~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+(?:#(?:[\w\-.~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?$/
const TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
/** How deep an extension's value may nest: deeper documents overflow the stack of whoever walks them. */
const MAX_DEPTH = 32

export function isUri(text: string): boolean {
  return URI.test(text)
}

/** RFC 3339 date-time with a zone, on a day that exists. */
export function isTime(text: string): boolean {
  if (!TIME.test(text)) return false
  const day = Number(text.slice(8, 10))
  if (day < 29) return true
  const month = Number(text.slice(5, 7))
  if (month === 2 && day === 29) {
    const year = Number(text.slice(0, 4))
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  }
  return day <= (DAYS[month - 1] ?? 0)
}

export const uri = z.stringFormat('uri', isUri, 'must be a URI')
/** RFC 3339 with a zone. Kept verbatim: a time is never normalised through `Date`. */
export const isoTime = z.stringFormat('date-time', isTime, 'must be an RFC 3339 time with a zone')
export const tzOffset = z.string().regex(/^[+-](0\d|1[0-3]):[0-5]\d$|^[+-]14:00$/, 'must be an offset like +01:00')
/** 20 digits, so that the order of strings is the order of numbers. */
export const sequenceNumber = z.string().regex(/^\d{20}$/, 'must be 20 digits')

/** A list without duplicates (JSON Schema `uniqueItems`). */
export function unique<T extends z.ZodType<string>>(item: T) {
  return z.array(item).check(({ value, issues }) => {
    if (value.length > 1 && new Set(value).size !== value.length)
      issues.push({ code: 'custom', input: value, message: 'must not repeat an item' })
  })
}

/** An object of EPCIS fields that also takes extensions under CURIE or URI keys (a CURIE looks like a URI), as the GS1
 * schema does. */
export function extensible<S extends z.ZodRawShape>(shape: S) {
  const known = new Set(Object.keys(shape))
  return z.looseObject(shape).check(({ value, issues }) => {
    for (const key in value) {
      if (known.has(key)) continue
      if (!URI.test(key))
        issues.push({
          code: 'custom',
          input: value,
          path: [key],
          message: 'not an EPCIS field here, and not a prefix:name extension',
        })
      else if (!isPlainJson(value[key])) issues.push({ code: 'custom', input: value, path: [key], message: NOT_JSON })
    }
  })
}

const NOT_JSON = 'must be JSON: finite numbers, nested at most 32 deep'

/** An object whose keys are all free (readPoint, bizLocation), but whose values must survive JSON. */
export function open<S extends z.ZodRawShape>(shape: S) {
  const known = new Set(Object.keys(shape))
  return z.looseObject(shape).check(({ value, issues }) => {
    for (const key in value)
      if (!known.has(key) && !isPlainJson(value[key]))
        issues.push({ code: 'custom', input: value, path: [key], message: NOT_JSON })
  })
}

/** Whether a value comes back from JSON as it went in. NaN and Infinity become null there, so they are refused. */
function isPlainJson(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth >= MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isPlainJson(item, depth + 1))
  for (const key in value) if (!isPlainJson((value as Record<string, unknown>)[key], depth + 1)) return false
  return true
}
