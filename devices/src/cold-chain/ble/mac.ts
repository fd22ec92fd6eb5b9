import { OpsError } from '@waytrace/standard'

/** `CB:B8:33:4C:88:4F` of these bytes, most significant first. */
export function formatMac(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')
}

/** The bytes of a MAC address or a part of one, with or without separators. Throws `INPUT_INVALID`. */
export function parseMac(text: string): Uint8Array {
  const digits = text.replaceAll(/[:-]/g, '')
  if (!/^([0-9a-fA-F]{2})+$/.test(digits)) throw new OpsError('INPUT_INVALID', `not a MAC address: ${text}`)
  return hexBytes(digits)
}

/** The bytes of an even number of hex digits, which the caller has checked. */
export function hexBytes(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
