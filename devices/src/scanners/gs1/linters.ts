import { hasCheckDigit } from '@waytrace/standard'
import { checkCharacters } from './check-characters.ts'
import { COUNTRIES_ALPHA2, COUNTRIES_NUMERIC, CURRENCIES, PACKAGE_TYPES } from './code-lists.ts'
import { validCoupon, validPositiveOffer } from './coupons.ts'
import { daysInMonth, validDate } from './dates.ts'

interface Linter {
  valid: (value: string) => boolean
  /** What is wrong when it is not valid. */
  fault: string
}

/** The checks the table of AIs names for a part of a value; the characters and the length were checked before. */
export const LINTERS = {
  csum: { valid: hasCheckDigit, fault: 'wrong check digit' },
  csumalpha: {
    valid: (v) => v.length > 2 && checkCharacters(v.slice(0, -2)) === v.slice(-2),
    fault: 'wrong check characters',
  },
  // Only the position: which prefixes GS1 has given out is not in the standard. The shortest has four digits.
  gcppos1: { valid: (v) => /^\d{4}/.test(v), fault: 'does not begin with a GS1 company prefix' },
  gcppos2: { valid: (v) => /^.\d{4}/.test(v), fault: 'has no GS1 company prefix at its second digit' },
  yymmdd: { valid: (v) => validDate(v, { dayZero: false }), fault: 'not a date YYMMDD' },
  yymmd0: { valid: (v) => validDate(v, { dayZero: true }), fault: 'not a date YYMMDD' },
  yyyymmdd: { valid: validLongDate, fault: 'not a date YYYYMMDD' },
  hhmi: { valid: (v) => /^([01]\d|2[0-3])[0-5]\d$/.test(v), fault: 'not a time HHMM' },
  hh: { valid: (v) => /^([01]\d|2[0-3])$/.test(v), fault: 'not an hour' },
  mi: { valid: (v) => /^[0-5]\d$/.test(v), fault: 'not a minute' },
  ss: { valid: (v) => /^[0-5]\d$/.test(v), fault: 'not a second' },
  iso3166: { valid: (v) => COUNTRIES_NUMERIC.has(v), fault: 'not an ISO 3166 country code' },
  iso3166999: { valid: (v) => v === '999' || COUNTRIES_NUMERIC.has(v), fault: 'not an ISO 3166 country code or 999' },
  iso3166alpha2: { valid: (v) => COUNTRIES_ALPHA2.has(v), fault: 'not an ISO 3166 alpha-2 country code' },
  iso4217: { valid: (v) => CURRENCIES.has(v), fault: 'not an ISO 4217 currency code' },
  iso5218: { valid: (v) => /^[0129]$/.test(v), fault: 'not an ISO 5218 code' },
  iban: { valid: validIban, fault: 'not an IBAN' },
  pcenc: { valid: (v) => /^(?:[^%]|%[0-9A-Fa-f]{2})*$/.test(v), fault: 'bad percent encoding' },
  latitude: { valid: (v) => Number(v) <= 1_800_000_000, fault: 'not a latitude' },
  longitude: { valid: (v) => Number(v) <= 3_600_000_000, fault: 'not a longitude' },
  yesno: { valid: (v) => /^[01]$/.test(v), fault: 'neither 0 nor 1' },
  hyphen: { valid: (v) => /^-+$/.test(v), fault: 'only a hyphen may stand here' },
  importeridx: { valid: (v) => /^[-\w]$/.test(v), fault: 'not an importer index' },
  packagetype: { valid: (v) => PACKAGE_TYPES.has(v), fault: 'not a package type code' },
  mediatype: { valid: (v) => /^(0[1-9]|10|[89]\d)$/.test(v), fault: 'not an AIDC media type' },
  nonzero: { valid: (v) => /[^0]/.test(v), fault: 'is zero' },
  zero: { valid: (v) => /^0+$/.test(v), fault: 'is not zero' },
  nozeroprefix: { valid: (v) => !v.startsWith('0'), fault: 'begins with zero' },
  winding: { valid: (v) => /^[019]$/.test(v), fault: 'not a winding direction' },
  pieceoftotal: { valid: validPieceOfTotal, fault: 'not a piece of a total' },
  posinseqslash: { valid: validPositionInSequence, fault: 'not a position in a sequence' },
  hasnondigit: { valid: (v) => /\D/.test(v), fault: 'has digits only' },
  couponcode: { valid: validCoupon, fault: 'not a coupon code' },
  couponposoffer: { valid: validPositiveOffer, fault: 'not a positive offer coupon code' },
} as const satisfies Record<string, Linter>

export type LinterName = keyof typeof LINTERS

function validLongDate(v: string): boolean {
  const day = Number(v.slice(6))
  return day >= 1 && day <= daysInMonth(Number(v.slice(0, 4)), Number(v.slice(4, 6)))
}

function validIban(v: string): boolean {
  if (!/^[0-9A-Z]{11,34}$/.test(v) || !COUNTRIES_ALPHA2.has(v.slice(0, 2))) return false
  let rest = 0
  for (const c of v.slice(4) + v.slice(0, 4)) {
    const digit = Number.parseInt(c, 36)
    rest = (rest * (digit < 10 ? 10 : 100) + digit) % 97
  }
  return rest === 1
}

function validPieceOfTotal(v: string): boolean {
  const piece = Number(v.slice(0, v.length / 2))
  const total = Number(v.slice(v.length / 2))
  return v.length % 2 === 0 && piece >= 1 && piece <= total
}

function validPositionInSequence(v: string): boolean {
  const match = /^([1-9]\d*)\/([1-9]\d*)$/.exec(v)
  return match !== null && Number(match[1]) <= Number(match[2])
}
