import { z } from 'zod'
import { defineDriver, type Reading } from '../driver.ts'
import { formatMac, parseMac } from './ble/mac.ts'
import { bits16, type Field, findReading, i16, readFields, u8, u16, viewOf, writeFields } from './fixed/layout.ts'
import { ruuviPayload } from './ruuvi/payload.ts'
import { countField, humidityField, pressureField, temperatureField } from './ruuvi/quantities.ts'

const LENGTHS = { 5: 24 }
const MAC_AT = 18
const SEQUENCE_AT = 16
const NO_SEQUENCE = 0xffff

/** 1 mG a step; one G is one standard acceleration of free fall. */
const accelerationField = (channel: string, at: number): Field => ({
  kind: 'acceleration',
  channel,
  slot: i16(at),
  sentinels: [-0x8000],
  scale: (raw) => raw / 1000,
  unscale: (gravities) => Math.round(gravities * 1000),
})

const FIELDS: readonly Field[] = [
  temperatureField(1),
  humidityField(3),
  pressureField(5),
  accelerationField('x', 7),
  accelerationField('y', 9),
  accelerationField('z', 11),
  {
    kind: 'voltage',
    channel: 'battery',
    slot: bits16(13, 5, 11),
    sentinels: [0x7ff],
    scale: (raw) => (raw + 1600) / 1000,
    unscale: (volt) => Math.round(volt * 1000) - 1600,
  },
  {
    kind: 'signal',
    channel: 'tx',
    slot: bits16(13, 0, 5),
    sentinels: [0x1f],
    scale: (raw) => raw * 2 - 40,
    unscale: (dbm) => Math.round((dbm + 40) / 2),
  },
  countField('movement', u8(15), [0xff]),
  countField('sequence', u16(SEQUENCE_AT), [NO_SEQUENCE]),
]

/**
 * RuuviTag data format 5, 24 bytes, big-endian: 05, temperature(2), humidity(2), pressure(2), acceleration x, y, z (2
 * each), battery 11 bits and transmit power 5 bits, movement(1), sequence(2), MAC(6).
 * Source: ruuvi/docs, communication/bluetooth-advertisements/data-format-5-rawv2.md.
 */
export default defineDriver({
  model: 'ruuvi-df5',
  version: '1.0.0',
  summary: 'RuuviTag, Bluetooth data format 5 (RAWv2): ruuvi/docs, data-format-5-rawv2.md.',
  integrity: 'none',
  options: z.strictObject({}),
  decode(frame, { receivedAt: at }) {
    const payload = ruuviPayload(frame, LENGTHS)
    return [...readFields(FIELDS, viewOf(payload), at), ...address(payload, at)]
  },
  counter(frame) {
    const value = viewOf(ruuviPayload(frame, LENGTHS)).getUint16(SEQUENCE_AT)
    return value === NO_SEQUENCE ? undefined : { value, rule: 'changing' }
  },
  encode(observations) {
    const payload = new Uint8Array(24).fill(0xff)
    payload[0] = 0x05
    writeFields(FIELDS, viewOf(payload), observations)
    const mac = findReading(observations, 'identity', 'mac')?.value
    if (typeof mac === 'string') payload.set(parseMac(mac), MAC_AT)
    return payload
  },
})

/** All ones mean that the tag does not tell its address. */
function address(payload: Uint8Array, at: number): Reading[] {
  const mac = payload.subarray(MAC_AT)
  return mac.every((byte) => byte === 0xff) ? [] : [{ kind: 'identity', at, channel: 'mac', value: formatMac(mac) }]
}
