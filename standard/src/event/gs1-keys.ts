import { OpsError } from './errors.ts'
import { checkDigit, hasCheckDigit } from './ids.ts'

/** GS1 General Specifications 7.11, figure 1: the 82 characters of alphanumeric keys and serials. */
const CHARS = /^[!"%-?A-Z_a-z]+$/

const digits = (...lengths: readonly number[]) => {
  const allowed = new Set(lengths)
  return (text: string) => allowed.has(text.length) && hasCheckDigit(text)
}

/** GTIN-8, -12, -13 or -14 with the right check digit. */
export const isGtin = digits(8, 12, 13, 14)
/** Serial Shipping Container Code, AI 00. */
export const isSscc = digits(18)
/** Global Location Number, AI 414, 417 and others. */
export const isGln = digits(13)
/** Global Service Relation Number, AI 8017 (provider, our operators) and 8018 (recipient). */
export const isGsrn = digits(18)
/** Global Shipment Identification Number, AI 402. */
export const isGsin = digits(17)

/** Global Returnable Asset Identifier, AI 8003: 0, 13 digits with a check digit, a serial of up to 16 characters. */
export function isGrai(text: string): boolean {
  return text.startsWith('0') && hasCheckDigit(text.slice(0, 14)) && text.length >= 14 && isSerial(text.slice(14), 16)
}

/** Global Document Type Identifier, AI 253: 13 digits with a check digit, a serial of up to 17 characters. */
export function isGdti(text: string): boolean {
  return text.length >= 13 && hasCheckDigit(text.slice(0, 13)) && isSerial(text.slice(13), 17)
}

/** Global Individual Asset Identifier, AI 8004: a company prefix and up to 30 characters in all, no check digit. */
export function isGiai(text: string): boolean {
  return /^\d{4}/.test(text) && text.length > 4 && text.length <= 30 && CHARS.test(text)
}

function isSerial(text: string, max: number): boolean {
  return text === '' || (text.length <= max && CHARS.test(text))
}

/** A GTIN as 14 digits, the form that Digital Links and databases compare. */
export function gtin14(gtin: string): string {
  if (!isGtin(gtin)) throw refuse(`"${gtin}" is not a GTIN: 8, 12, 13 or 14 digits with a check digit`)
  return gtin.padStart(14, '0')
}

/** A GTIN-13, or a GTIN-14 of a packaging level when `indicator` (1 to 8, 9 for variable measure) is given. */
export function gtinFrom(prefix: string, item: number | string, indicator?: number): string {
  const body = numeric(prefix, item, 12)
  if (indicator === undefined) return withCheckDigit(body)
  if (!Number.isInteger(indicator) || indicator < 1 || indicator > 9) throw refuse('the indicator must be 1 to 9')
  return withCheckDigit(`${indicator}${body}`)
}

/** An SSCC: extension digit 0 to 9, company prefix, serial. */
export function ssccFrom(extension: number, prefix: string, serial: number | string): string {
  if (!Number.isInteger(extension) || extension < 0 || extension > 9) throw refuse('the extension must be 0 to 9')
  return withCheckDigit(`${extension}${numeric(prefix, serial, 16)}`)
}

export function glnFrom(prefix: string, location: number | string): string {
  return withCheckDigit(numeric(prefix, location, 12))
}

export function gsrnFrom(prefix: string, reference: number | string): string {
  return withCheckDigit(numeric(prefix, reference, 17))
}

export function gsinFrom(prefix: string, reference: number | string): string {
  return withCheckDigit(numeric(prefix, reference, 16))
}

/** A GRAI; without `serial` it names the type of asset, not one piece. */
export function graiFrom(prefix: string, assetType: number | string, serial = ''): string {
  if (!isSerial(serial, 16)) throw refuse('a GRAI serial has at most 16 GS1 characters')
  return withCheckDigit(`0${numeric(prefix, assetType, 12)}`) + serial
}

export function gdtiFrom(prefix: string, documentType: number | string, serial = ''): string {
  if (!isSerial(serial, 17)) throw refuse('a GDTI serial has at most 17 GS1 characters')
  return withCheckDigit(numeric(prefix, documentType, 12)) + serial
}

export function giaiFrom(prefix: string, asset: string): string {
  const giai = prefix + asset
  if (!isPrefix(prefix) || asset === '' || !isGiai(giai))
    throw refuse('a GIAI is a company prefix and up to 30 GS1 characters in all')
  return giai
}

export function withCheckDigit(body: string): string {
  return body + checkDigit(body)
}

/** Company prefix and reference, filled with zeros between them to `length` digits. */
function numeric(prefix: string, reference: number | string, length: number): string {
  const text = String(reference)
  if (!isPrefix(prefix)) throw refuse(`"${prefix}" is not a company prefix of 4 to 12 digits`)
  if (!/^\d+$/.test(text) || prefix.length + text.length > length)
    throw refuse(`"${text}" does not fit behind prefix ${prefix}: ${length - prefix.length} digits`)
  return prefix + text.padStart(length - prefix.length, '0')
}

function isPrefix(text: string): boolean {
  return /^\d{4,12}$/.test(text)
}

function refuse(message: string): OpsError {
  return new OpsError('INPUT_INVALID', message)
}
