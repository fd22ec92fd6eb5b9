import { OpsError } from '@waytrace/standard'
import { z } from 'zod'
import { defineDriver, type Observation, type Position, type Reading } from '../driver.ts'
import { encodeGga, encodeRmc, encodeVoidRmc, encodeVtg } from './nmea/encode.ts'
import { dateOf, decimal, degrees, KMH_PER_KNOT, nearestInstant, timeOfDay } from './nmea/fields.ts'
import { parseSentence } from './nmea/sentence.ts'

/** Mode indicators (NMEA 2.3) that are no measurement: no fix, simulator, typed in by hand. */
const NOT_MEASURED = new Set(['N', 'S', 'M'])
/** GGA fix qualities likewise: none, typed in by hand, simulator. */
const BAD_QUALITY = new Set(['', '0', '7', '8'])

/**
 * NMEA 0183 lines of any talker: RMC, GGA and GLL give positions, VTG speed and course; a void fix gives nothing,
 * and neither do other sentences with a good checksum. RMC carries its date; GGA and GLL say only the time of day and
 * get the date nearest to reception. Source: NMEA 0183 as receivers' manuals publish it.
 */
export default defineDriver({
  model: 'nmea-0183',
  version: '1.0.0',
  summary: 'GNSS receivers speaking NMEA 0183 over serial or TCP: RMC, GGA, GLL, VTG of any talker, one line a frame.',
  integrity: 'checksum',
  options: z.strictObject({
    checksum: z
      .enum(['required', 'optional'])
      .default('required')
      .describe('Whether sentences without a checksum are refused; one that is there must be right either way.'),
    talker: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .default('GP')
      .describe('Talker of encoded sentences; decoding takes any.'),
  }),
  decode(frame, { receivedAt }, { checksum }) {
    const { formatter, fields } = parseSentence(frame, checksum)
    if (formatter === 'RMC') return rmc(fields, receivedAt)
    if (formatter === 'GGA') return gga(fields, receivedAt)
    if (formatter === 'GLL') return gll(fields, receivedAt)
    return formatter === 'VTG' ? vtg(fields, receivedAt) : []
  },
  encode(observations, { talker }) {
    const [first] = observations
    if (first === undefined) return encodeVoidRmc(talker)
    if (first.kind !== 'position') return encodeMotion(observations, talker)
    if (observations.length > 1) throw new OpsError('INPUT_INVALID', 'one sentence carries one position')
    const gga = first.altitudeM !== undefined || first.satellites !== undefined
    return gga ? encodeGga(first, talker) : encodeRmc(first, talker)
  },
})

function rmc(fields: string[], receivedAt: number): Observation[] {
  const [time, status, lat, ns, lon, ew, knots, course, date, , , mode] = fields
  // Status first: a receiver that has just started sends V with a date of 000000 and other things that mean nothing.
  if (status !== 'A' || NOT_MEASURED.has(mode ?? '')) return []
  const where = place(lat, ns, lon, ew)
  const midnight = dateOf(date)
  const ms = timeOfDay(time)
  const speed = decimal(knots, 'speed')
  const heading = decimal(course, 'course')
  if (where === undefined) return []
  const at = ms === undefined ? receivedAt : midnight === undefined ? nearestInstant(ms, receivedAt) : midnight + ms
  return [
    { kind: 'position', at, ...where, ...motion(speed === undefined ? undefined : speed * KMH_PER_KNOT, heading) },
  ]
}

function gga(fields: string[], receivedAt: number): Observation[] {
  const [time, lat, ns, lon, ew, quality, used, , altitude, altitudeUnit] = fields
  if (BAD_QUALITY.has(quality ?? '')) return []
  const where = place(lat, ns, lon, ew)
  const ms = timeOfDay(time)
  const altitudeM = decimal(altitude, 'altitude')
  const satellites = decimal(used, 'satellites')
  if (where === undefined) return []
  return [
    {
      kind: 'position',
      at: ms === undefined ? receivedAt : nearestInstant(ms, receivedAt),
      ...where,
      ...(altitudeM !== undefined && altitudeUnit === 'M' ? { altitudeM } : {}),
      ...(satellites !== undefined && Number.isInteger(satellites) && satellites >= 0 ? { satellites } : {}),
    },
  ]
}

function gll(fields: string[], receivedAt: number): Observation[] {
  const [lat, ns, lon, ew, time, status, mode] = fields
  if (status !== 'A' || NOT_MEASURED.has(mode ?? '')) return []
  const where = place(lat, ns, lon, ew)
  const ms = timeOfDay(time)
  if (where === undefined) return []
  return [{ kind: 'position', at: ms === undefined ? receivedAt : nearestInstant(ms, receivedAt), ...where }]
}

/** Course true, course magnetic, knots, km/h, each with its letter; before NMEA 2.0 the letters were missing. */
function vtg(fields: string[], at: number): Observation[] {
  const [course, , , , knots, , kmh, , mode] = fields
  if (NOT_MEASURED.has(mode ?? '')) return []
  const inKnots = decimal(knots, 'speed')
  const { speedKmh, headingDeg } = motion(
    decimal(kmh, 'speed') ?? (inKnots === undefined ? undefined : inKnots * KMH_PER_KNOT),
    decimal(course, 'course'),
  )
  const out: Reading[] = []
  if (speedKmh !== undefined) out.push({ kind: 'speed', at, value: speedKmh, unit: 'KMH' })
  if (headingDeg !== undefined) out.push({ kind: 'heading', at, value: headingDeg, unit: 'DD' })
  return out
}

function place(
  lat?: string,
  ns?: string,
  lon?: string,
  ew?: string,
): Pick<Position, 'latitude' | 'longitude'> | undefined {
  const latitude = degrees(lat, ns, 'NS')
  const longitude = degrees(lon, ew, 'EW')
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude }
}

/** Speed to 0.001 km/h; what is negative or beyond a full circle is left out. */
function motion(
  speedKmh: number | undefined,
  headingDeg: number | undefined,
): Pick<Position, 'speedKmh' | 'headingDeg'> {
  return {
    ...(speedKmh !== undefined && speedKmh >= 0 ? { speedKmh: Math.round(speedKmh * 1000) / 1000 } : {}),
    ...(headingDeg !== undefined && headingDeg >= 0 && headingDeg <= 360 ? { headingDeg } : {}),
  }
}

function encodeMotion(observations: readonly Observation[], talker: string): Uint8Array {
  const value = (kind: 'speed' | 'heading'): number | undefined => {
    const found = observations.find((o): o is Reading => o.kind === kind)
    return typeof found?.value === 'number' ? found.value : undefined
  }
  const [speed, heading] = [value('speed'), value('heading')]
  if (observations.length !== Number(speed !== undefined) + Number(heading !== undefined)) {
    throw new OpsError('INPUT_INVALID', 'a sentence carries a position, or a speed and a heading')
  }
  return encodeVtg(speed, heading, talker)
}
