import { malformed } from '../../driver.ts'

/** One knot is 1.852 km/h by definition. */
export const KMH_PER_KNOT = 1.852
const DAY_MS = 86_400_000

/** A decimal number; undefined for an empty field. Throws `OpsError('FRAME_MALFORMED')` for other text. */
export function decimal(field: string | undefined, what: string): number | undefined {
  if (field === undefined || field === '') return undefined
  if (!/^-?\d{1,12}(\.\d{0,12})?$/.test(field)) throw malformed(`${what} '${field}' is no number`)
  return Number(field)
}

/** `ddmm.mmmm` and its hemisphere as degrees, rounded to 1e-7 (1 cm); undefined when both are empty. */
export function degrees(field = '', hemisphere = '', axis: 'NS' | 'EW'): number | undefined {
  if (field === '' && hemisphere === '') return undefined
  const digits = axis === 'NS' ? 2 : 3
  const match = /^(\d{2,3})([0-5]\d(?:\.\d{0,10})?)$/.exec(field)
  const whole = match?.[1]
  if (whole?.length !== digits || hemisphere.length !== 1 || !axis.includes(hemisphere)) {
    throw malformed(`'${field},${hemisphere}' is no ${axis === 'NS' ? 'latitude' : 'longitude'}`)
  }
  const value = Math.round((Number(whole) + Number(match?.[2]) / 60) * 1e7) / 1e7
  if (value > (axis === 'NS' ? 90 : 180)) throw malformed(`${value} degrees`)
  // Never -0: it would not compare equal to what an encoder was given.
  return value !== 0 && (hemisphere === 'S' || hemisphere === 'W') ? -value : value
}

/** Milliseconds since midnight UTC of `hhmmss` or `hhmmss.sss`; undefined when empty. A leap second is second 60. */
export function timeOfDay(field: string | undefined): number | undefined {
  if (field === undefined || field === '') return undefined
  const match = /^([01]\d|2[0-3])([0-5]\d)([0-5]\d|60)(\.\d{0,9})?$/.exec(field)
  if (match === null) throw malformed(`time '${field}'`)
  const [, hours, minutes, seconds, fraction = ''] = match
  const ms = fraction.length > 1 ? Math.floor(Number(`0${fraction}`) * 1000 + 1e-6) : 0
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + ms
}

/**
 * UTC ms of midnight of `ddmmyy`; undefined when empty. GPS time began in January 1980, so years 80-99 are 19xx and
 * the rest 20xx; a receiver whose week counter rolled over sends a wrong date, which only the agent's clock can tell.
 */
export function dateOf(field: string | undefined): number | undefined {
  if (field === undefined || field === '') return undefined
  const match = /^(\d{2})(\d{2})(\d{2})$/.exec(field)
  if (match === null) throw malformed(`date '${field}'`)
  const [day, month, year] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const midnight = Date.UTC(year >= 80 ? 1900 + year : 2000 + year, month - 1, day)
  const date = new Date(midnight)
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1) throw malformed(`date '${field}'`)
  return midnight
}

/** The instant with this time of day that is nearest to the time of reception: sentences without a date. */
export function nearestInstant(timeOfDayMs: number, receivedAt: number): number {
  const today = receivedAt - (((receivedAt % DAY_MS) + DAY_MS) % DAY_MS) + timeOfDayMs
  if (today - receivedAt > DAY_MS / 2) return today - DAY_MS
  return receivedAt - today > DAY_MS / 2 ? today + DAY_MS : today
}
