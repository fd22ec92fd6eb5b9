import { isEpcis, type WaytraceEvent } from '@waytrace/standard'

/** One report of an event, as the rules read it. Marks never take a reading away: they say how far it can be trusted. */
export interface RuleReading {
  /** UTC ms of the measurement. */
  at: number
  device: string
  /** `sensorReport.type`, e.g. `Temperature`. */
  type: string
  channel: string
  value?: number | boolean | string
  exception?: string
  /** Of trouble codes and machine alarms. */
  active: boolean
  grade?: number
  lamp?: string
  marks: Mark[]
}

export type Mark = 'calibration-expired' | 'implausible'

/** What custody and the device book know of a device at the time of the reading; the caller looks it up. */
export interface RuleContext {
  /** The orders the device watched then. */
  orders: readonly WatchedOrder[]
  /** The vehicle that carried it then. */
  vehicle?: string
  /** UTC ms until which its calibration holds. */
  calibratedUntil?: number
}

export interface WatchedOrder {
  order: string
  /** Degrees Celsius: from the order's profile or its label's AI 4330-4333. */
  temperature?: { min?: number; max?: number }
  /** Percent. */
  humidity?: { min?: number; max?: number }
}

/** What a sensor of a kind can measure on Earth, in a vehicle or a store room. */
const PLAUSIBLE: Readonly<Record<string, readonly [number, number]>> = {
  Temperature: [-90, 85],
  'wt:ReturnAirTemperature': [-90, 85],
  'wt:SupplyAirTemperature': [-90, 85],
  RelativeHumidity: [0, 100],
  Speed: [0, 200],
}

/** The readings of an event; none for events that measure nothing. `at` is the event's time, UTC ms. */
export function readingsOf(event: WaytraceEvent, at: number): RuleReading[] {
  if (!isEpcis(event) || event.data.sensorElementList === undefined) return []
  const found: RuleReading[] = []
  for (const { sensorMetadata, sensorReport } of event.data.sensorElementList)
    for (const report of sensorReport) {
      const device = report.deviceID ?? sensorMetadata?.deviceID ?? event.deviceid
      if (device === undefined) continue
      const channel = report['wt:channel'] ?? report['wt:probe'] ?? report.component ?? report['wt:feature'] ?? ''
      const time = report.time ?? sensorMetadata?.time
      const own = time === undefined || time === event.time ? at : Date.parse(time)
      const reading: RuleReading = {
        at: Number.isNaN(own) ? at : own,
        device,
        type: report.type,
        channel: String(channel),
        active: report['wt:active'] !== false && report.exception !== undefined,
        marks: [],
      }
      const value = report.value ?? report.booleanValue ?? report.stringValue ?? report.uriValue
      if (value !== undefined) reading.value = value
      if (report.exception !== undefined) reading.exception = report.exception
      const grade = report['wt:reeferSeverity']
      if (typeof grade === 'number') reading.grade = grade
      if (typeof report['wt:lamp'] === 'string') reading.lamp = report['wt:lamp']
      const range = PLAUSIBLE[reading.type]
      if (typeof value === 'number' && range !== undefined && (value < range[0] || value > range[1]))
        reading.marks.push('implausible')
      found.push(reading)
    }
  return found
}
