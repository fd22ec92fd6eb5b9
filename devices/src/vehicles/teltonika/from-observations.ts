import { OpsError } from '@waytrace/standard'
import type { Observation, Position, Reading } from '../../driver.ts'
import { AVL_FAULT_CODES, AVL_VIN, type AvlEntry } from './avl-table.ts'
import { AVL_TABLES } from './models.ts'
import { vinChannel } from './observations.ts'
import { avlEntry, type TeltonikaOptions } from './options.ts'
import { hexBytes, integerBytes, rawInteger } from './raw-value.ts'
import type { AvlElement, AvlRecord } from './records.ts'

/** Where in a record an observation stands: observations come out of a record by rising rank. */
const RANK = { position: 0, priority: 1, generation: 2, event: 3, elements: 4 } as const

/**
 * Records from which the driver reads these observations again, in order. A new record begins where the time
 * changes or the order within a record would be broken. Throws `OpsError('INPUT_INVALID')` for what AVL cannot say.
 */
export function recordsOf(observations: readonly Observation[], options: TeltonikaOptions): AvlRecord[] {
  const ids = idsByMeaning(options)
  const records: AvlRecord[] = []
  let last = -1
  const codes = new Set<string>()
  for (const observation of observations) {
    const element = observation.kind === 'position' ? undefined : elementOf(observation, ids, options)
    const rank = rankOf(observation, element)
    let record = records.at(-1)
    const joinsCodes = rank === last && observation.kind === 'fault' && !codes.has(observation.code)
    if (record === undefined || record.at !== observation.at || (rank <= last && !joinsCodes)) {
      record = emptyRecord(observation.at)
      records.push(record)
      codes.clear()
    }
    last = rank
    if (observation.kind === 'fault') codes.add(observation.code)
    place(record, observation, element)
  }
  return records
}

function rankOf(observation: Observation, element: AvlElement | undefined): number {
  if (element !== undefined) return RANK.elements + element.id
  const { channel } = observation as Reading
  return channel === 'priority' || channel === 'generation' || channel === 'event' ? RANK[channel] : RANK.position
}

function place(record: AvlRecord, observation: Observation, element: AvlElement | undefined): void {
  if (element !== undefined) placeElement(record, element)
  else if (observation.kind === 'position') placePosition(record, observation)
  else placeFact(record, observation as Reading)
}

function placeFact(record: AvlRecord, { channel, value, raw }: Reading): void {
  if (channel === 'priority') record.priority = value as number
  else if (channel === 'generation') record.generation = value as number
  else if (channel === 'event') record.eventId = value as number
  else {
    const [latitude, longitude] = String(raw).split(',').map(Number)
    Object.assign(record, { latitude, longitude, satellites: 1 })
  }
}

/** Trouble codes of one record share one element, as the device sends them; text that holds junk holds them already. */
function placeElement(record: AvlRecord, element: AvlElement): void {
  const before = record.elements.at(-1)
  if (before?.id !== element.id) {
    record.elements.push(element)
    return
  }
  const codes = String.fromCharCode(...before.bytes)
  const code = String.fromCharCode(...element.bytes)
  if (!codes.includes(code)) before.bytes = ascii(`${codes},${code}`)
}

function placePosition(record: AvlRecord, position: Position): void {
  const { latitude, longitude, altitudeM = 0, headingDeg = 0xffff, speedKmh = 0, satellites = 0 } = position
  if (satellites < 1) refuse('a position of an AVL record needs its satellites: 0 means no fix')
  record.latitude = Math.round(latitude * 1e7)
  record.longitude = Math.round(longitude * 1e7)
  record.altitude = Math.round(altitudeM)
  record.angle = Math.round(headingDeg)
  record.speed = Math.round(speedKmh)
  record.satellites = satellites
}

function elementOf(
  observation: Exclude<Observation, Position>,
  ids: ReadonlyMap<string, number>,
  options: TeltonikaOptions,
): AvlElement | undefined {
  if (observation.kind === 'fault') {
    if (observation.system !== 'obd' || !observation.active) refuse('AVL reports active OBD trouble codes only')
    return { id: AVL_FAULT_CODES, bytes: ascii(observation.code), variable: true }
  }
  if (observation.kind === 'scan') refuse('AVL carries no scans')
  const reading = observation as Reading
  const id = ids.get(meaning(reading.kind, reading.channel))
  const entry = id === undefined ? undefined : avlEntry(id, options)
  if (id !== undefined && entry !== undefined)
    return { id, bytes: meantBytes(reading, entry, options), variable: false }
  if (reading.kind === 'identity') {
    const vin = AVL_VIN.find((vinId) => vinChannel(vinId) === reading.channel)
    if (vin !== undefined) return { id: vin, bytes: ascii(String(reading.value)), variable: true }
  }
  return unknownElement(reading)
}

/** Channels `avl-<id>`; undefined for those that concern the record itself. */
function unknownElement({ kind, channel = '', value }: Reading): AvlElement | undefined {
  if (kind === 'generic' && ['priority', 'generation', 'event', 'position'].includes(channel)) return undefined
  const id = Number(/^avl-(\d{1,5})$/.exec(channel)?.[1] ?? Number.NaN)
  if (kind !== 'generic' || Number.isNaN(id)) refuse(`no AVL id for ${kind} on channel '${channel}'`)
  const bytes = typeof value === 'string' ? hexBytes(value) : integerBytes(Number(value), 1, false)
  if (bytes === undefined) refuse(`AVL id ${id}: ${value} is neither an unsigned integer nor hex`)
  const exact = Number.isSafeInteger(rawInteger(bytes, false))
  return { id, bytes, variable: typeof value === 'string' && (bytes.length !== 8 || exact) }
}

function meantBytes({ value, raw, kind }: Reading, entry: AvlEntry, options: TeltonikaOptions): Uint8Array {
  const inverted = kind === 'door' && options.doorClosedHigh
  const number = typeof value === 'boolean' ? Number(value !== inverted) : Number(value) * (entry.divisor ?? 1)
  const integer = value === undefined ? Number(raw) : Math.round(number)
  const bytes = integerBytes(integer, entry.width, entry.signed === true)
  if (bytes === undefined) refuse(`${kind} ${value ?? raw} does not fit its AVL id`)
  return bytes
}

function idsByMeaning(options: TeltonikaOptions): Map<string, number> {
  const ids = new Map<string, number>()
  const known = [...AVL_TABLES[options.model].keys(), ...(options.doorInput === undefined ? [] : [options.doorInput])]
  for (const id of known) {
    const entry = avlEntry(id, options)
    if (entry !== undefined) ids.set(meaning(entry.kind, entry.channel), id)
  }
  return ids
}

function meaning(kind: string, channel: string | undefined): string {
  return `${kind}/${channel ?? ''}`
}

function emptyRecord(at: number): AvlRecord {
  if (!Number.isInteger(at) || at < 0) refuse(`time ${at} is not a whole number of ms since 1970`)
  const numbers = { priority: 0, longitude: 0, latitude: 0, altitude: 0, angle: 0, satellites: 0, speed: 0, eventId: 0 }
  return { at, ...numbers, elements: [] }
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

function refuse(message: string): never {
  throw new OpsError('INPUT_INVALID', message)
}
