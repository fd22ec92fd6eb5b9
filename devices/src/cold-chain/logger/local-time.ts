/** A civil time as a logger prints it, without zone. Months count from 1. */
export interface CivilTime {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  ms: number
}

/**
 * The instants, UTC ms and in order, at which clocks of `zone` (IANA) show this time: one, two in the hour that is
 * repeated in autumn, none in the hour that is skipped in spring or on a day the calendar lacks.
 */
export function instantsOf(civil: CivilTime, zone: string): number[] {
  const wall = Date.UTC(civil.year, civil.month - 1, civil.day, civil.hour, civil.minute, civil.second, civil.ms)
  // Date.UTC turns 30 February into 1 March: the same wall time must come back.
  const found = [wall - offsetMs(wall - DAY, zone), wall - offsetMs(wall + DAY, zone)]
    .filter((instant) => isSame(civil, wallParts(instant, zone)))
    .sort((a, b) => a - b)
  return [...new Set(found)]
}

/** The civil time of `zone` at this instant. */
export function civilTime(instant: number, zone: string): CivilTime {
  return wallParts(instant, zone)
}

/** Whether the zone is one this system knows. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

const DAY = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs 50 us, using one 1 us: a file of 100,000 lines keeps its own. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}

function offsetMs(instant: number, zone: string): number {
  const { year, month, day, hour, minute, second, ms } = wallParts(instant, zone)
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - instant
}

function wallParts(instant: number, zone: string): CivilTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
    ms: ((instant % 1000) + 1000) % 1000,
  }
}

function isSame(a: CivilTime, b: CivilTime): boolean {
  return (Object.keys(a) as (keyof CivilTime)[]).every((key) => a[key] === b[key])
}
