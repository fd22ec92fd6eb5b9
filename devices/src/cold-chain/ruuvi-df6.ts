import { z } from 'zod'
import { defineDriver, type Reading } from '../driver.ts'
import { formatMac, parseMac } from './ble/mac.ts'
import { type Field, findReading, readFields, split9, u8, u16, u24, viewOf, writeFields } from './fixed/layout.ts'
import { ruuviPayload } from './ruuvi/payload.ts'
import { countField, humidityField, pressureField, temperatureField } from './ruuvi/quantities.ts'

const LENGTHS = { 6: 20, 225: 40 }
const CALIBRATING = 0x01
/** Data format 6 packs 0-65535 lux into 254 logarithmic steps. */
const LUX_STEP = Math.log(65_536) / 254

/** 0.1 ug/m3 a step. */
const particulatesField = (channel: string, at: number): Field => ({
  kind: 'particulates',
  channel,
  slot: u16(at),
  sentinels: [0xffff],
  scale: (raw) => raw / 10,
  unscale: (micrograms) => Math.round(micrograms * 10),
})

const co2Field = (at: number): Field => ({
  kind: 'co2',
  slot: u16(at),
  sentinels: [0xffff],
  scale: (raw) => raw,
  unscale: (ppm) => Math.round(ppm),
})

const indexField = (channel: string, at: number, flags: number, bit: number): Field => ({
  kind: 'gasIndex',
  channel,
  slot: split9(at, flags, bit),
  sentinels: [0x1ff],
  scale: (raw) => raw,
  unscale: (index) => Math.round(index),
})

interface Format {
  length: number
  flagsAt: number
  macAt: number
  fields: readonly Field[]
  sequence: Field
}

const SHORT: Format = {
  length: 20,
  flagsAt: 16,
  macAt: 17,
  sequence: countField('sequence', u8(15), []),
  fields: [
    temperatureField(1),
    humidityField(3),
    pressureField(5),
    particulatesField('pm2.5', 7),
    co2Field(9),
    indexField('voc', 11, 16, 6),
    indexField('nox', 12, 16, 7),
    {
      kind: 'illuminance',
      slot: u8(13),
      sentinels: [0xff],
      scale: (code) => Math.round(Math.expm1(code * LUX_STEP) * 100) / 100,
      unscale: (lux) => Math.round(Math.log1p(lux) / LUX_STEP),
    },
  ],
}

const EXTENDED: Format = {
  length: 40,
  flagsAt: 28,
  macAt: 34,
  sequence: countField('sequence', u24(25), [0xffffff]),
  fields: [
    temperatureField(1),
    humidityField(3),
    pressureField(5),
    particulatesField('pm1.0', 7),
    particulatesField('pm2.5', 9),
    particulatesField('pm4.0', 11),
    particulatesField('pm10', 13),
    co2Field(15),
    indexField('voc', 17, 28, 6),
    indexField('nox', 18, 28, 7),
    {
      kind: 'illuminance',
      slot: u24(19),
      sentinels: [0xffffff],
      scale: (raw) => raw / 100,
      unscale: (lux) => Math.round(lux * 100),
    },
  ],
}

/**
 * Ruuvi Air: data format 6 (20 bytes, the low three MAC bytes, sequence modulo 256) and its Bluetooth 5 extension E1 (40
 * bytes). A receiver that gets both keeps E1; the low byte of both sequences is the same for the same sample.
 * Source: ruuvi/docs, communication/bluetooth-advertisements/data-format-6.md and data-format-e1.md.
 */
export default defineDriver({
  model: 'ruuvi-df6',
  version: '1.0.0',
  summary: 'Ruuvi Air, Bluetooth data formats 6 and E1: ruuvi/docs, data-format-6.md and data-format-e1.md.',
  integrity: 'none',
  options: z.strictObject({}),
  decode(frame, { receivedAt: at }) {
    const { format, payload, view } = open(frame)
    return [
      ...readFields([...format.fields, format.sequence], view, at),
      calibration(view.getUint8(format.flagsAt), at),
      ...address(payload.subarray(format.macAt), at),
    ]
  },
  counter(frame) {
    const { format, view } = open(frame)
    const value = format.sequence.slot.read(view)
    return format.sequence.sentinels.includes(value) ? undefined : { value, rule: 'changing' }
  },
  encode(observations) {
    const format = findReading(observations, 'particulates', 'pm1.0') === undefined ? SHORT : EXTENDED
    const payload = new Uint8Array(format.length).fill(0xff)
    payload[0] = format === SHORT ? 0x06 : 0xe1
    payload[format.flagsAt] =
      findReading(observations, 'mode', 'calibration')?.value === 'in-progress' ? CALIBRATING : 0
    writeFields([...format.fields, format.sequence], viewOf(payload), observations)
    const mac = findReading(observations, 'identity', 'mac')?.value
    if (typeof mac === 'string') payload.set(parseMac(mac), format.macAt)
    return payload
  },
})

function open(frame: Uint8Array): { format: Format; payload: Uint8Array; view: DataView } {
  const payload = ruuviPayload(frame, LENGTHS)
  return { format: payload[0] === 0x06 ? SHORT : EXTENDED, payload, view: viewOf(payload) }
}

function calibration(flags: number, at: number): Reading {
  return { kind: 'mode', at, channel: 'calibration', value: flags & CALIBRATING ? 'in-progress' : 'complete' }
}

/** All ones mean that the device does not tell its address. Format 6 has only the low three bytes of it. */
function address(mac: Uint8Array, at: number): Reading[] {
  return mac.every((byte) => byte === 0xff) ? [] : [{ kind: 'identity', at, channel: 'mac', value: formatMac(mac) }]
}
