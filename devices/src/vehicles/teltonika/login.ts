import { OpsError } from '@waytrace/standard'
import { malformed } from '../../driver.ts'

/** Length (2) and fifteen ASCII digits. */
export const LOGIN_BYTES = 17
/** The server's answer to a login. */
export const LOGIN_ACCEPTED = Uint8Array.of(1)
export const LOGIN_REFUSED = Uint8Array.of(0)

/** The IMEI of the first message on a Teltonika connection; its check digit is verified. Throws `FRAME_MALFORMED`. */
export function teltonikaLogin(bytes: Uint8Array): string {
  if (bytes.length !== LOGIN_BYTES || bytes[0] !== 0 || bytes[1] !== LOGIN_BYTES - 2) {
    throw malformed('a login is the length 15 in two bytes and 15 digits')
  }
  const imei = String.fromCharCode(...bytes.subarray(2))
  if (!isImei(imei)) throw malformed('no IMEI: 15 digits with a valid check digit')
  return imei
}

/** The login of a device with this IMEI. Throws `INPUT_INVALID` for a wrong IMEI. */
export function encodeTeltonikaLogin(imei: string): Uint8Array {
  if (!isImei(imei)) throw new OpsError('INPUT_INVALID', `${imei} is no IMEI: 15 digits with a valid check digit`)
  return Uint8Array.of(0, LOGIN_BYTES - 2, ...Array.from(imei, (digit) => digit.charCodeAt(0)))
}

/** Fifteen digits whose last is the Luhn check digit (3GPP TS 23.003, annex B). */
export function isImei(text: string): boolean {
  return /^\d{15}$/.test(text) && imeiCheckDigit(text.slice(0, 14)) === Number(text[14])
}

/** The Luhn check digit of the first fourteen digits. */
export function imeiCheckDigit(digits: string): number {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[i])
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return (10 - (sum % 10)) % 10
}
