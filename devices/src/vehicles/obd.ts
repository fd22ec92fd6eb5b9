import { malformed } from '../driver.ts'

const SYSTEMS = ['P', 'C', 'B', 'U'] as const

/**
 * The trouble code in two bytes as OBD-II services 03, 07 and 0A answer them: two bits of system, two of the first
 * digit, three hex digits, e.g. 0x0299 is `P0299`. Undefined for 0x0000, which fills unused places.
 */
export function decodeTroubleCode(high: number, low: number): string | undefined {
  if (high === 0 && low === 0) return undefined
  const system = SYSTEMS[high >> 6] as string
  const digits = (((high & 0x3f) << 8) | low).toString(16).toUpperCase().padStart(4, '0')
  return `${system}${digits}`
}

/** All codes of an answer's data bytes, in order. Throws `OpsError('FRAME_MALFORMED')` for an odd number of bytes. */
export function decodeTroubleCodes(bytes: Uint8Array): string[] {
  if (bytes.length % 2 !== 0) throw malformed(`${bytes.length} bytes are no sequence of two-byte trouble codes`)
  const codes: string[] = []
  for (let i = 0; i < bytes.length; i += 2) {
    const code = decodeTroubleCode(bytes[i] as number, bytes[i + 1] as number)
    if (code !== undefined) codes.push(code)
  }
  return codes
}

/** The two bytes of a code such as `P0299`; undefined when it has not that form. */
export function encodeTroubleCode(code: string): [high: number, low: number] | undefined {
  if (!isTroubleCode(code)) return undefined
  const digits = Number.parseInt(code.slice(1), 16)
  return [(SYSTEMS.indexOf(code[0] as (typeof SYSTEMS)[number]) << 6) | (digits >> 8), digits & 0xff]
}

/** `P`, `C`, `B` or `U`, a digit 0-3 and three hex digits (SAE J2012 / ISO 15031-6 form). */
export function isTroubleCode(text: string): boolean {
  return /^[PCBU][0-3][0-9A-F]{3}$/.test(text)
}
