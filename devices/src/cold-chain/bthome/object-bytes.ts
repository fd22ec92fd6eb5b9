import { malformed } from '../../driver.ts'
import { scaled, unscaled } from '../fixed/decimal.ts'
import type { BthomeObject } from './objects.ts'

export type ObjectValue = number | boolean | string

const BUTTON = names({
  0: 'none',
  1: 'press',
  2: 'double-press',
  3: 'triple-press',
  4: 'long-press',
  5: 'long-double-press',
  6: 'long-triple-press',
  128: 'hold-press',
})
const DIMMER = names({ 0: 'none', 1: 'rotate-left', 2: 'rotate-right' })
const VERSION = /^\d{1,3}(\.\d{1,3})+$/

/** How many bytes the object's value takes from `at` on, a length byte included; undefined when the frame ends first. */
export function objectLength(object: BthomeObject, bytes: Uint8Array, at: number): number | undefined {
  const length = stated(object, bytes[at])
  return length === undefined || at + length > bytes.length ? undefined : length
}

/** The value in the bytes `objectLength` measured. */
export function readObject(object: BthomeObject, bytes: Uint8Array): ObjectValue {
  switch (object.form) {
    case 'number': {
      const raw = littleEndian(bytes)
      const limit = 2 ** (object.size * 8)
      return scaled(object.signed && raw >= limit / 2 ? raw - limit : raw, object.scale)
    }
    case 'switch':
      return bytes[0] !== 0
    case 'button':
      return BUTTON.name(bytes[0] ?? 0)
    case 'dimmer':
      return `${DIMMER.name(bytes[0] ?? 0)} ${bytes[1] ?? 0}`
    case 'text':
      return utf8(bytes.subarray(1))
    case 'raw':
      return Buffer.from(bytes.subarray(1)).toString('hex')
    case 'version':
      return [...bytes].reverse().join('.')
  }
}

/** The bytes of a value, or undefined when this object cannot hold it exactly. */
export function writeObject(object: BthomeObject, value: ObjectValue | undefined): Uint8Array | undefined {
  const bytes = bytesOf(object, value)
  if (bytes === undefined || objectLength(object, bytes, 0) !== bytes.length) return undefined
  return readObject(object, bytes) === value ? bytes : undefined
}

function bytesOf(object: BthomeObject, value: ObjectValue | undefined): Uint8Array | undefined {
  if (typeof value === 'boolean') return object.form === 'switch' ? Uint8Array.of(value ? 1 : 0) : undefined
  if (typeof value === 'number') return object.form === 'number' ? numberBytes(object, value) : undefined
  return value === undefined ? undefined : textBytes(object, value)
}

function textBytes({ form }: BthomeObject, value: string): Uint8Array | undefined {
  if (form === 'button') return Uint8Array.of(BUTTON.code(value))
  if (form === 'version') return VERSION.test(value) ? Uint8Array.from(value.split('.').reverse(), Number) : undefined
  if (form === 'dimmer') {
    const [name = '', steps = ''] = value.split(' ')
    return Uint8Array.of(DIMMER.code(name), Number(steps))
  }
  const bytes = form === 'raw' ? Buffer.from(value, 'hex') : new TextEncoder().encode(value)
  return bytes.length > 255 ? undefined : Uint8Array.of(bytes.length, ...bytes)
}

function numberBytes(object: BthomeObject & { form: 'number' }, value: number): Uint8Array | undefined {
  const limit = 2 ** (object.size * 8)
  const raw = unscaled(value, object.scale)
  const [min, max] = object.signed ? [-limit / 2, limit / 2 - 1] : [0, limit - 1]
  if (raw < min || raw > max) return undefined
  const unsigned = raw < 0 ? raw + limit : raw
  return Uint8Array.from({ length: object.size }, (_, i) => Math.floor(unsigned / 2 ** (8 * i)) % 256)
}

function stated(object: BthomeObject, first: number | undefined): number | undefined {
  switch (object.form) {
    case 'number':
    case 'version':
      return object.size
    case 'switch':
    case 'button':
      return 1
    case 'dimmer':
      return 2
    case 'text':
    case 'raw':
      return first === undefined ? undefined : 1 + first
  }
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw malformed(`text is not UTF-8: ${String(cause)}`)
  }
}

/** A code without a name keeps its number: `code-7`. */
function names(table: Readonly<Record<number, string>>) {
  const codes = new Map(Object.entries(table).map(([code, name]) => [name, Number(code)]))
  return {
    name: (code: number): string => table[code] ?? `code-${code}`,
    code: (name: string): number => codes.get(name) ?? Number(name.replace('code-', '')),
  }
}
