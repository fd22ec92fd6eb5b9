import type { Fault, Position, Reading } from '@waytrace/devices'
import { QUANTITIES, type SensorReport } from '@waytrace/standard'
import type { LimitConfig } from '../config.ts'

/** A reading as an EPCIS sensorReport: a failed measurement is ERROR_CONDITION without a value. */
export function readingReport(reading: Reading, limits: readonly LimitConfig[]): SensorReport {
  const quantity: { type: string; uom?: string } = QUANTITIES[reading.kind]
  const report: SensorReport = { type: quantity.type }
  const { value } = reading
  if (typeof value === 'number') {
    report.value = value
    report.uom = reading.unit ?? quantity.uom
    if (report.uom === undefined) delete report.uom
  } else if (typeof value === 'boolean') report.booleanValue = value
  else if (value !== undefined) report.stringValue = value
  if (reading.exception !== undefined) report.exception = reading.exception
  if (reading.channel !== undefined) report['wt:probe'] = reading.channel
  if (reading.reason !== undefined) report['wt:reason'] = reading.reason
  if (reading.raw !== undefined) report['wt:raw'] = reading.raw
  const broken = brokenLimit(reading, limits)
  if (broken !== undefined) {
    report.exception = 'ALARM_CONDITION'
    if (broken.min !== undefined) report['wt:limitMin'] = broken.min
    if (broken.max !== undefined) report['wt:limitMax'] = broken.max
  }
  return report
}

/** The limit this reading is beyond, if any. */
export function brokenLimit(reading: Reading, limits: readonly LimitConfig[]): LimitConfig | undefined {
  const { value } = reading
  if (typeof value !== 'number') return undefined
  return limits.find(
    ({ kind, channel, min, max }) =>
      kind === reading.kind &&
      (channel === undefined || channel === reading.channel) &&
      ((min !== undefined && value < min) || (max !== undefined && value > max)),
  )
}

/** A position as sensorReports: latitude and longitude, and what else the fix knows. */
export function positionReports(position: Position): SensorReport[] {
  const reports: SensorReport[] = [
    { type: 'Angle', component: 'latitude', value: position.latitude, uom: 'DD' },
    { type: 'Angle', component: 'longitude', value: position.longitude, uom: 'DD' },
  ]
  if (position.altitudeM !== undefined) reports.push({ type: 'Altitude', value: position.altitudeM, uom: 'MTR' })
  if (position.speedKmh !== undefined) reports.push({ type: 'Speed', value: position.speedKmh, uom: 'KMH' })
  if (position.headingDeg !== undefined)
    reports.push({ type: 'Angle', component: 'azimuth', value: position.headingDeg, uom: 'DD' })
  if (position.satellites !== undefined)
    reports.push({ type: 'Count', value: position.satellites, uom: 'C62', 'wt:feature': 'satellites' })
  return reports
}

/** A trouble code or machine alarm. One that is no longer active carries no exception. */
export function faultReport(fault: Fault): SensorReport {
  const report: SensorReport = { type: 'wt:DeviceFault' }
  if (fault.system === 'obd' || fault.system === 'j1939') {
    report.type = 'wt:DiagnosticTroubleCode'
    report.uriValue = `https://waytrace.dev/ns/${fault.system}/${fault.code.split('/').map(encodeURIComponent).join('/')}`
    if (fault.active) report.exception = 'ERROR_CONDITION'
  } else {
    if (fault.system === 'reefer') report.type = 'wt:ReeferAlarm'
    report.stringValue = fault.code
    if (fault.active) report.exception = 'ALARM_CONDITION'
  }
  if (!fault.active) report['wt:active'] = false
  if (fault.occurrences !== undefined) report['wt:occurrenceCount'] = fault.occurrences
  if (fault.lamp !== undefined) report['wt:lamp'] = fault.lamp
  if (fault.severity !== undefined) report['wt:reeferSeverity'] = fault.severity
  return report
}
