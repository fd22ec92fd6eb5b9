import { OpsError } from '@waytrace/standard'
import { z } from 'zod'
import { defineDriver, malformed, type Observation, type Reading } from '../driver.ts'
import {
  bits16,
  type Field,
  findReading,
  i16,
  labelled,
  rawOf,
  readingOf,
  type Slot,
  u16,
  viewOf,
} from './fixed/layout.ts'
import { expectPort } from './lorawan/port.ts'

const MEASUREMENTS = 2
const ENTRY = 11
const FLAGS_AT = 6
const EXTERNAL_AT = 7
const TIME_AT = 7
const DISCONNECTED = 0x80
const POLL_REPLY = 0x40
const EXTENSION = 0x0f
const BATTERY = ['ultra-low', 'low', 'ok', 'good'] as const
const STATUS = bits16(0, 14, 2)
const PROBE_AND_TIME = 9
const PROBE_ID = 15

/** A missing SHT or DS18B20 reads 327.67 C. */
const hundredths = (channel: string, slot: Slot): Field => ({
  kind: 'temperature',
  channel,
  slot,
  sentinels: [0x7fff],
  scale: (raw) => raw / 100,
  unscale: (celsius) => Math.round(celsius * 100),
})

const plain = (kind: Field['kind'], channel: string, slot: Slot, divisor: number): Field => ({
  kind,
  channel,
  slot,
  sentinels: [],
  scale: (raw) => raw / divisor,
  unscale: (value) => Math.round(value * divisor),
})

const TEMPERATURE = hundredths('built-in', i16(2))
const VOLTAGE = plain('voltage', 'battery', bits16(0, 0, 14), 1000)
const HUMIDITY: Pick<Field, 'kind' | 'sentinels' | 'scale'> = {
  kind: 'humidity',
  sentinels: [],
  scale: (raw) => raw / 10,
}

/** What can hang on the external connector, by the low four bits of the flags; `at` is where its value lies. */
const EXTERNAL: Readonly<Record<number, (at: number) => Field | undefined>> = {
  0: () => undefined,
  1: (at) => hundredths('probe', i16(at)),
  5: (at) => plain('illuminance', 'external', u16(at), 1),
  6: (at) => plain('voltage', 'external', u16(at), 1000),
  7: (at) => plain('count', 'external', u16(at), 1),
  [PROBE_AND_TIME]: (at) => hundredths('probe', i16(at)),
}

/**
 * Dragino LHT65 on fPort 2, 11 bytes, big-endian: battery status 2 bits and mV 14 bits, built-in temperature(2, 0.01
 * degC), humidity(2, low 12 bits, 0.1 %), flags(1: 0x80 no probe, 0x40 reply to a poll, low 4 bits the external sensor),
 * external value(2), unused(2). Type 9 has the probe in the first two bytes and a Unix time in the last four. A poll
 * reply is a row of stored entries: external value(2), temperature, humidity, flags, Unix time(4).
 * Source: TheThingsNetwork/lorawan-devices vendor/dragino/lht65.js; LHT65 user manual, 2.4 and 2.6.4.
 */
export default defineDriver({
  model: 'lht65',
  version: '1.0.0',
  summary:
    'Dragino LHT65 LoRaWAN temperature and humidity with external probe, and its datalog: user manual 2.4, 2.6.4.',
  integrity: 'none',
  options: z.strictObject({
    fPort: z.coerce.number().int().optional().describe('fPort of the frame, where the link does not say; default 2.'),
  }),
  decode(frame, context, { fPort }) {
    expectPort({ port: context.port ?? fPort }, MEASUREMENTS)
    const flags = frame[FLAGS_AT] ?? 0
    if (frame.length === ENTRY && frame.every((byte) => byte === 0)) return [] // the log holds nothing of that time
    if (!(flags & POLL_REPLY)) {
      if (frame.length !== ENTRY) throw malformed(`want ${ENTRY} bytes, got ${frame.length}`)
      return live(frame, context.receivedAt)
    }
    if (frame.length % ENTRY) throw malformed(`a poll reply has entries of ${ENTRY} bytes, got ${frame.length}`)
    const entries = Array.from({ length: frame.length / ENTRY }, (_, i) => frame.subarray(i * ENTRY, (i + 1) * ENTRY))
    return entries.flatMap(stored)
  },
  encode(observations) {
    const frame = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0x7f, 0xff)
    const view = viewOf(frame)
    const status = BATTERY.indexOf(findReading(observations, 'mode', 'battery')?.value as (typeof BATTERY)[number])
    STATUS.write(view, Math.max(status, 0))
    VOLTAGE.slot.write(view, rawOf(VOLTAGE, findReading(observations, 'voltage', 'battery')))
    view.setInt16(2, rawOf(TEMPERATURE, findReading(observations, 'temperature', 'built-in')))
    const humidity = findReading(observations, 'humidity')?.value
    view.setUint16(4, typeof humidity === 'number' ? Math.round(humidity * 10) : 0)
    encodeExternal(frame, observations)
    return frame
  },
})

function live(frame: Uint8Array, receivedAt: number): Reading[] {
  const view = viewOf(frame)
  const type = view.getUint8(FLAGS_AT) & EXTENSION
  if (type === PROBE_ID) return [...battery(view, receivedAt), probeId(frame, receivedAt)]
  const timed = type === PROBE_AND_TIME
  const at = timed ? view.getUint32(TIME_AT) * 1000 : receivedAt
  const power = timed ? [batteryStatus(view.getUint8(4) >> 6, at)] : battery(view, at)
  return [...power, ...climate(view, at), ...external(view, timed ? 0 : EXTERNAL_AT, at)]
}

function stored(entry: Uint8Array): Reading[] {
  const view = viewOf(entry)
  if (!(view.getUint8(FLAGS_AT) & POLL_REPLY)) throw malformed('an entry of a poll reply without the poll flag')
  const at = view.getUint32(TIME_AT) * 1000
  return [...climate(view, at), ...external(view, 0, at)]
}

function battery(view: DataView, at: number): Reading[] {
  return [readingOf(VOLTAGE, VOLTAGE.slot.read(view), at), batteryStatus(STATUS.read(view), at)]
}

function batteryStatus(status: number, at: number): Reading {
  return { kind: 'mode', at, channel: 'battery', value: BATTERY[status] ?? 'good' }
}

function climate(view: DataView, at: number): Reading[] {
  return [readingOf(TEMPERATURE, TEMPERATURE.slot.read(view), at), readingOf(HUMIDITY, view.getUint16(4) & 0x0fff, at)]
}

function external(view: DataView, valueAt: number, at: number): Reading[] {
  const flags = view.getUint8(FLAGS_AT)
  const find = EXTERNAL[flags & EXTENSION]
  if (find === undefined) throw malformed(`external sensor type ${flags & EXTENSION} is not known`)
  const field = find(valueAt)
  if (field === undefined) return []
  const raw = field.slot.read(view)
  if (!(flags & DISCONNECTED)) return [readingOf(field, raw, at)]
  const label = labelled(field.kind, at, field.channel)
  return [{ ...label, exception: 'ERROR_CONDITION', reason: 'disconnected', raw }]
}

function probeId(frame: Uint8Array, at: number): Reading {
  const id = [...frame.subarray(2, 6), ...frame.subarray(7)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return { kind: 'identity', at, channel: 'probe', value: id }
}

function encodeExternal(frame: Uint8Array, observations: readonly Observation[]): void {
  const view = viewOf(frame)
  for (const [type, find] of Object.entries(EXTERNAL)) {
    const field = find(EXTERNAL_AT)
    const reading = field && findReading(observations, field.kind, field.channel)
    if (field === undefined || reading === undefined || Number(type) === PROBE_AND_TIME) continue
    const disconnected = reading.reason === 'disconnected'
    if (disconnected && typeof reading.raw !== 'number')
      throw new OpsError('INPUT_INVALID', 'a lost probe needs its raw value')
    frame[FLAGS_AT] = Number(type) | (disconnected ? DISCONNECTED : 0)
    field.slot.write(view, disconnected ? Number(reading.raw) : rawOf(field, reading))
  }
}
