import { OpsError } from '@waytrace/standard'
import type { Position } from '../../driver.ts'
import { KMH_PER_KNOT } from './fields.ts'
import { formatSentence } from './sentence.ts'

/** An RMC line: position, time with date, speed and course. Altitude and satellites have no place in it. */
export function encodeRmc(position: Position, talker = 'GP'): Uint8Array {
  const { at, latitude, longitude, speedKmh, headingDeg } = position
  const { time, date } = stamp(at)
  const knots = speedKmh === undefined ? '' : (speedKmh / KMH_PER_KNOT).toFixed(4)
  const fields = [time, 'A', ...place(latitude, longitude), knots, degreesText(headingDeg), date, '', '', 'A']
  return formatSentence({ talker, formatter: 'RMC', fields })
}

/** An RMC line of a receiver without a fix. */
export function encodeVoidRmc(talker = 'GP'): Uint8Array {
  return formatSentence({ talker, formatter: 'RMC', fields: ['', 'V', '', '', '', '', '', '', '', '', '', 'N'] })
}

/** A GGA line: position, time of day, altitude and satellites. Speed, course and date have no place in it. */
export function encodeGga({ at, latitude, longitude, altitudeM, satellites }: Position, talker = 'GP'): Uint8Array {
  const fields = [
    stamp(at).time,
    ...place(latitude, longitude),
    '1',
    satellites === undefined ? '' : String(satellites).padStart(2, '0'),
    '',
    ...(altitudeM === undefined ? ['', ''] : [altitudeM.toFixed(2), 'M']),
    '',
    '',
    '',
    '',
  ]
  return formatSentence({ talker, formatter: 'GGA', fields })
}

/** A VTG line: course and speed over ground without a position. */
export function encodeVtg(speedKmh: number | undefined, headingDeg: number | undefined, talker = 'GP'): Uint8Array {
  const speed = speedKmh === undefined ? ['', '', '', ''] : ['', 'N', speedKmh.toFixed(3), 'K']
  const fields = [degreesText(headingDeg), 'T', '', 'M', ...speed, 'A']
  return formatSentence({ talker, formatter: 'VTG', fields })
}

function place(latitude: number, longitude: number): string[] {
  return [ddmm(latitude, 2), latitude < 0 ? 'S' : 'N', ddmm(longitude, 3), longitude < 0 ? 'W' : 'E']
}

/** Six decimals of a minute are 2 mm, so that a position rounded to 1e-7 degrees survives the way there and back. */
function ddmm(degrees: number, digits: number): string {
  const micro = Math.round(Math.abs(degrees) * 60e6)
  const whole = Math.floor(micro / 60e6)
  const minutes = ((micro - whole * 60e6) / 1e6).toFixed(6)
  return `${String(whole).padStart(digits, '0')}${minutes.padStart(9, '0')}`
}

function degreesText(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2)
}

function stamp(at: number): { time: string; date: string } {
  const iso = Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : ''
  const match = /^(\d{2})(\d{2})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{3})Z$/.exec(iso)
  const year = Number(`${match?.[1]}${match?.[2]}`)
  if (match === null || year < 1980 || year > 2079) {
    throw new OpsError('INPUT_INVALID', `NMEA 0183 writes years 1980 to 2079 only, not ${at}`)
  }
  return { time: `${match[5]}${match[6]}${match[7]}.${match[8]}`, date: `${match[4]}${match[3]}${match[2]}` }
}
