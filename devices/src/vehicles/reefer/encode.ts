import { OpsError } from '@waytrace/standard'
import type { Fault, Observation, Reading } from '../../driver.ts'
import { channelOf } from './decode.ts'
import { FIELD_NAMES, REEFER_FIELDS, type ReeferField, type ReeferOptions } from './options.ts'
import { putAt } from './pointer.ts'

/** The document from which these observations are read again. All must be of one time. Throws `INPUT_INVALID`. */
export function reeferDocument(observations: readonly Observation[], options: ReeferOptions): object {
  const document: Record<string, unknown> = {}
  const zones = new Map<string, Record<string, unknown>>()
  const alarms: object[] = []
  const at = observations[0]?.at
  if (at !== undefined) putAt(document, options.time, new Date(at).toISOString())
  for (const observation of observations) {
    if (observation.at !== at) refuse('a document has one time')
    if (observation.kind === 'fault') alarms.push(alarmObject(observation, options))
    else {
      const { field, zone } = placeOf(observation as Reading)
      putAt(
        zone === undefined ? document : zoneObject(zones, zone, options),
        options.fields[field],
        sent(field, observation as Reading, options),
      )
    }
  }
  if (zones.size > 0) putAt(document, options.zones, [...zones.values()])
  if (alarms.length > 0) putAt(document, options.alarms, alarms)
  return document
}

function placeOf({ kind, channel }: Reading): { field: ReeferField; zone?: string } {
  const field = FIELD_NAMES.find((name) => REEFER_FIELDS[name].kind === kind)
  if (field === undefined) refuse(`a reefer document has no place for ${kind}`)
  const own = channelOf(field, undefined)
  if (channel === own || channel === undefined) return { field }
  return { field, zone: own === undefined ? channel : channel.slice(0, -own.length - 1) }
}

function zoneObject(
  zones: Map<string, Record<string, unknown>>,
  name: string,
  options: ReeferOptions,
): Record<string, unknown> {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone: Record<string, unknown> = {}
  putAt(zone, options.zoneName, name)
  zones.set(name, zone)
  return zone
}

function sent(field: ReeferField, { value, raw }: Reading, options: ReeferOptions): unknown {
  if (value === undefined) return raw ?? null
  if ('scaled' in REEFER_FIELDS[field] && options.temperatureUnit === 'F') return (Number(value) * 9) / 5 + 32
  return value
}

function alarmObject({ code, severity, active }: Fault, options: ReeferOptions): object {
  const alarm: Record<string, unknown> = {}
  putAt(alarm, options.alarm.code, code)
  if (severity !== undefined) putAt(alarm, options.alarm.severity, severity)
  putAt(alarm, options.alarm.active, active)
  return alarm
}

function refuse(message: string): never {
  throw new OpsError('INPUT_INVALID', message)
}
