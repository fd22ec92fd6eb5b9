import { QUANTITIES, type Quantity } from '@waytrace/standard'
import type { Observation, Reading } from '../../driver.ts'
import { isTroubleCode } from '../obd.ts'
import { AVL_FAULT_CODES, AVL_VIN, type AvlEntry } from './avl-table.ts'
import { avlEntry, type TeltonikaOptions } from './options.ts'
import { hexText, rawInteger } from './raw-value.ts'
import type { AvlElement, AvlRecord } from './records.ts'

const VIN = /^[A-HJ-NPR-Z0-9]{17}$/
const SWITCHES: ReadonlySet<Quantity> = new Set(['door', 'ignition', 'movement', 'power'])

/** Of a record, position first, then what concerns the record itself, then its elements by rising id. */
export function recordObservations(record: AvlRecord, options: TeltonikaOptions): Observation[] {
  const out: Observation[] = [...position(record), ...recordFacts(record)]
  const elements = [...record.elements].sort((a, b) => a.id - b.id)
  for (const element of elements) out.push(...elementObservations(record.at, element, options))
  return out
}

/** Without satellites the device repeats its last fix, or 0/0 if it never had one: no position either way. */
function position({ at, latitude, longitude, altitude, angle, satellites, speed }: AvlRecord): Observation[] {
  if (satellites === 0) return []
  if (Math.abs(latitude) > 90e7 || Math.abs(longitude) > 180e7) {
    const raw = `${latitude},${longitude}`
    return [{ kind: 'generic', channel: 'position', at, exception: 'ERROR_CONDITION', reason: 'out-of-range', raw }]
  }
  return [
    {
      kind: 'position',
      at,
      latitude: latitude / 1e7,
      longitude: longitude / 1e7,
      altitudeM: altitude,
      speedKmh: speed,
      ...(angle <= 360 ? { headingDeg: angle } : {}),
      satellites,
    },
  ]
}

/** Priority above low, codec 16's reason and the event that made the device report; nothing for a periodic record. */
function recordFacts({ at, priority, generation, eventId }: AvlRecord): Reading[] {
  const facts: [string, number | undefined][] = [
    ['priority', priority || undefined],
    ['generation', generation],
    ['event', eventId || undefined],
  ]
  return facts.flatMap(([channel, value]) => (value === undefined ? [] : [{ kind: 'generic', at, channel, value }]))
}

function elementObservations(at: number, element: AvlElement, options: TeltonikaOptions): Observation[] {
  const { id, bytes } = element
  const entry = avlEntry(id, options)
  if (entry !== undefined && bytes.length >= 1 && bytes.length <= 8) return [meant(at, bytes, entry, options)]
  if (id === AVL_FAULT_CODES) return troubleCodes(at, element, options)
  if (AVL_VIN.includes(id)) {
    const vin = String.fromCharCode(...bytes).replace(/\0+$/, '')
    if (VIN.test(vin)) return [{ kind: 'identity', at, channel: vinChannel(id), value: vin }]
  }
  return options.unknownIds === 'keep' ? [unknown(at, element)] : []
}

/** A VIN read by the OBD and one read by the CAN adapter are two channels: they may disagree. */
export function vinChannel(id: number): string {
  return id === AVL_VIN[0] ? 'vin' : 'vin-can'
}

function meant(at: number, bytes: Uint8Array, entry: AvlEntry, options: TeltonikaOptions): Reading {
  const { kind, channel, divisor = 1, sentinels, range } = entry
  const raw = rawInteger(bytes, entry.signed === true)
  const reading: Reading = { kind, at, ...(channel === undefined ? {} : { channel }) }
  if (SWITCHES.has(kind)) return { ...reading, value: (raw !== 0) !== (kind === 'door' && options.doorClosedHigh) }
  const { uom } = QUANTITIES[kind] as { uom?: string }
  if (uom !== undefined) reading.unit = uom
  if (sentinels?.includes(raw)) return { ...reading, exception: 'ERROR_CONDITION', reason: 'sentinel', raw }
  const value = raw / divisor
  if (range !== undefined && (value < range[0] || value > range[1])) {
    return { ...reading, exception: 'ERROR_CONDITION', reason: 'out-of-range', raw }
  }
  return { ...reading, value }
}

/** Several codes in one element are one event: the natural mark of a shared cause. Junk stays beside them as text. */
function troubleCodes(at: number, element: AvlElement, options: TeltonikaOptions): Observation[] {
  const codes = String.fromCharCode(...element.bytes)
    .replace(/\0+$/, '')
    .split(',')
    .map((code) => code.trim())
    .filter((code) => code !== '')
  const good = new Set(codes.filter(isTroubleCode))
  const keepText = !codes.every(isTroubleCode) && options.unknownIds === 'keep'
  return [
    ...(keepText ? [unknown(at, element)] : []),
    ...Array.from(good, (code): Observation => ({ kind: 'fault', at, system: 'obd', code, active: true })),
  ]
}

/** A number where it is exact, else hex: bytes of variable length always as hex. */
function unknown(at: number, { id, bytes, variable }: AvlElement): Reading {
  const value = variable ? Number.NaN : rawInteger(bytes, false)
  return { kind: 'generic', at, channel: `avl-${id}`, value: Number.isSafeInteger(value) ? value : hexText(bytes) }
}
