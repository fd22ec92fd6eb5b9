import { OpsError } from '@waytrace/standard'
import { type Fault, malformed } from '../../driver.ts'
import { MAX_MESSAGE_BYTES } from './transport.ts'

export type Lamp = NonNullable<Fault['lamp']>

/** One diagnostic trouble code: `code` is `spn/<number>/fmi/<number>`, or `raw/<hex>` in a superseded layout. */
export interface TroubleCode {
  code: string
  /** Absent when the node does not count (127). */
  occurrences?: number
}

export interface DiagnosticMessage {
  /** Lamps that are on, gravest first; absent when the node has none. */
  lamps?: Lamp[]
  codes: TroubleCode[]
}

/** Gravest first, with the place of its two status bits in the first byte: 01 = on, 11 = not available. */
const LAMPS: readonly [Lamp, shift: number][] = [
  ['RED_STOP', 4],
  ['AMBER_WARNING', 2],
  ['MIL', 6],
  ['PROTECT', 0],
]
const NO_COUNT = 127

/**
 * The payload of DM1 or DM2 (SAE J1939-73): two bytes of lamps, then four bytes for each code; a single frame is
 * padded to eight. Throws `OpsError('FRAME_MALFORMED')`.
 */
export function decodeDiagnostic(bytes: Uint8Array): DiagnosticMessage {
  const rest = (bytes.length - 2) % 4
  const padded = bytes.length === 8
  if (bytes.length < 6 || bytes.length > MAX_MESSAGE_BYTES || (rest !== 0 && !padded)) {
    throw malformed(`${bytes.length} bytes are no DM1: lamps (2) and codes (4 each)`)
  }
  const codes: TroubleCode[] = []
  for (let at = 2; at + 4 <= bytes.length; at += 4) {
    const code = troubleCode(bytes.subarray(at, at + 4))
    if (code !== undefined) codes.push(code)
  }
  const status = bytes[0] as number
  if (status === 0xff) return { codes }
  return { lamps: LAMPS.filter(([, shift]) => ((status >> shift) & 3) === 1).map(([lamp]) => lamp), codes }
}

/** The payload that `decodeDiagnostic` reads back; steady lamps, conversion method 4. */
export function encodeDiagnostic({ lamps, codes }: DiagnosticMessage): Uint8Array {
  const status = LAMPS.reduce((sum, [lamp, shift]) => sum | (lamps?.includes(lamp) ? 1 << shift : 0), 0)
  const places = codes.length === 0 ? [[0, 0, 0, 0]] : codes.map(codeBytes)
  const bytes = [lamps === undefined ? 0xff : status, 0xff, ...places.flat()]
  if (bytes.length < 8) bytes.push(0xff, 0xff)
  if (bytes.length > MAX_MESSAGE_BYTES) throw new OpsError('INPUT_INVALID', `${codes.length} trouble codes do not fit`)
  return Uint8Array.from(bytes)
}

/** SPN bits 7-0, SPN 15-8, SPN 18-16 above five bits of FMI, conversion method above seven bits of occurrences. */
function troubleCode(bytes: Uint8Array): TroubleCode | undefined {
  const [low, middle, high, last] = bytes as unknown as [number, number, number, number]
  const spn = low | (middle << 8) | ((high >> 5) << 16)
  const fmi = high & 0x1f
  // All zero fills the place when there is no code; all ones means not available.
  if ((spn === 0 && fmi === 0) || (spn === 0x7ffff && fmi === 31)) return undefined
  const count = last & 0x7f
  const occurrences = count === NO_COUNT ? {} : { occurrences: count }
  // With the conversion bit set the SPN is laid out in one of three older ways that the frame does not tell apart:
  // the bytes are kept, for a guessed SPN would be a false fact.
  if (last & 0x80) return { code: `raw/${hex(bytes.subarray(0, 3))}`, ...occurrences }
  return { code: `spn/${spn}/fmi/${fmi}`, ...occurrences }
}

function codeBytes({ code, occurrences = NO_COUNT }: TroubleCode): number[] {
  const count = Math.min(occurrences, NO_COUNT)
  const raw = /^raw\/([0-9A-F]{6})$/.exec(code)?.[1]
  if (raw !== undefined) return [...threeBytes(raw), 0x80 | count]
  const match = /^spn\/(\d{1,6})\/fmi\/(\d{1,2})$/.exec(code)
  const [spn, fmi] = [Number(match?.[1]), Number(match?.[2])]
  if (match === null || spn > 0x7ffff || fmi > 31) {
    throw new OpsError('INPUT_INVALID', `'${code}' is no J1939 code: want spn/<0-524287>/fmi/<0-31>`)
  }
  return [spn & 0xff, (spn >> 8) & 0xff, ((spn >> 16) << 5) | fmi, count]
}

function threeBytes(text: string): number[] {
  return [0, 2, 4].map((at) => Number.parseInt(text.slice(at, at + 2), 16))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')
}
