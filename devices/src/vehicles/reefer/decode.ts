import { QUANTITIES } from '@waytrace/standard'
import { type Fault, malformed, type Observation, type Reading } from '../../driver.ts'
import { FIELD_NAMES, REEFER_FIELDS, type ReeferField, type ReeferOptions } from './options.ts'
import { valueAt } from './pointer.ts'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/

/** The unit's own values, then its compartments', then its alarms. */
export function reeferObservations(document: object, receivedAt: number, options: ReeferOptions): Observation[] {
  const at = timeOf(valueAt(document, options.time), receivedAt)
  const out: Observation[] = readings(document, at, undefined, options)
  for (const zone of listAt(document, options.zones)) {
    const name = valueAt(zone, options.zoneName)
    if (typeof name !== 'string' && typeof name !== 'number') throw malformed('a zone without its name')
    if (name === '') throw malformed('a zone with an empty name')
    out.push(...readings(zone, at, String(name), options))
  }
  for (const alarm of listAt(document, options.alarms)) out.push(alarmFault(alarm, at, options))
  return out
}

function timeOf(value: unknown, receivedAt: number): number {
  if (value === undefined || value === null) return receivedAt
  const at = typeof value === 'string' && ISO.test(value) ? Date.parse(value) : value
  if (typeof at !== 'number' || !Number.isInteger(at) || Math.abs(at) > 8.64e15) {
    throw malformed('the time is neither ISO 8601 with an offset nor whole ms since 1970')
  }
  return at
}

function listAt(document: object, pointer: string): object[] {
  const list = valueAt(document, pointer)
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) throw malformed(`${pointer} is no array`)
  return list.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw malformed(`${pointer} holds something that is no object`)
    return item
  })
}

function readings(document: object, at: number, zone: string | undefined, options: ReeferOptions): Reading[] {
  const out: Reading[] = []
  for (const field of FIELD_NAMES) {
    const value = valueAt(document, options.fields[field])
    if (value !== undefined) out.push({ ...headOf(field, at, zone), ...measure(field, value, options) })
  }
  return out
}

/** Channel: the compartment, with the supply it is about where that needs saying. */
export function channelOf(field: ReeferField, zone: string | undefined): string | undefined {
  const own = (REEFER_FIELDS[field] as { channel?: string }).channel
  if (zone === undefined) return own
  return own === undefined ? zone : `${zone}/${own}`
}

function headOf(field: ReeferField, at: number, zone: string | undefined): Reading {
  const { kind } = REEFER_FIELDS[field]
  const { uom } = QUANTITIES[kind] as { uom?: string }
  const channel = channelOf(field, zone)
  return { kind, at, ...(uom === undefined ? {} : { unit: uom }), ...(channel === undefined ? {} : { channel }) }
}

function measure(field: ReeferField, value: unknown, options: ReeferOptions): Partial<Reading> {
  if (value === null) return { exception: 'ERROR_CONDITION', reason: 'not-available' }
  if (field === 'power' || field === 'door') return switched(field, value, options)
  if (field === 'mode') {
    if (typeof value !== 'string' && typeof value !== 'number') throw malformed('mode is no text')
    return { value: String(value) }
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed(`${field} is no number`)
  if (options.sentinels[field]?.includes(value)) return { exception: 'ERROR_CONDITION', reason: 'sentinel', raw: value }
  return { value: 'scaled' in REEFER_FIELDS[field] && options.temperatureUnit === 'F' ? celsius(value) : value }
}

/** A word of neither list is no state: taking it for off would invent one. */
function switched(field: string, value: unknown, options: ReeferOptions): Partial<Reading> {
  if (typeof value === 'boolean') return { value }
  if (typeof value === 'number') return { value: value !== 0 }
  if (typeof value !== 'string') throw malformed(`${field} is neither true or false nor a word`)
  const word = value.toLowerCase()
  if (options.trueWords.includes(word)) return { value: true }
  if (options.falseWords.includes(word)) return { value: false }
  return { exception: 'ERROR_CONDITION', reason: 'not-available', raw: value }
}

/** To 0.0001 degree: 41 degF must be 5 degC, not 5.000000000000001. */
function celsius(fahrenheit: number): number {
  return Math.round(((fahrenheit - 32) * 5 * 1e4) / 9) / 1e4 + 0
}

function alarmFault(alarm: object, at: number, options: ReeferOptions): Fault {
  const code = valueAt(alarm, options.alarm.code)
  if ((typeof code !== 'string' && typeof code !== 'number') || code === '')
    throw malformed('an alarm without its code')
  const severity = severityOf(valueAt(alarm, options.alarm.severity), options)
  const active = valueAt(alarm, options.alarm.active)
  if (active !== undefined && active !== null && typeof active !== 'boolean')
    throw malformed('active is not true or false')
  return {
    kind: 'fault',
    at,
    system: 'reefer',
    code: String(code),
    ...(severity === undefined ? {} : { severity }),
    active: active !== false,
  }
}

function severityOf(value: unknown, options: ReeferOptions): number | undefined {
  if (value === undefined || value === null) return undefined
  // A word nobody graded must not cost the temperatures that came with it: the alarm stands without a grade.
  if (typeof value === 'string') return options.severities[value.toLowerCase()]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 15) {
    throw malformed('severity is neither 0-15 nor a word')
  }
  return value
}
