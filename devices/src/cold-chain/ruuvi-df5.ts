import { z } from 'zod'
import { defineDriver, type Reading } from '../driver.ts'
import { formatMac, parseMac } from './ble/mac.ts'
import { findReading, readFields, viewOf, writeFields } from './fixed/layout.ts'
import { DF5_FIELDS, NO_SEQUENCE, SEQUENCE_AT } from './ruuvi/df5-fields.ts'
import { ruuviPayload } from './ruuvi/payload.ts'

const LENGTHS = { 5: 24 }
const MAC_AT = 18

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
    return [...readFields(DF5_FIELDS, viewOf(payload), at), ...address(payload, at)]
  },
  counter(frame) {
    const value = viewOf(ruuviPayload(frame, LENGTHS)).getUint16(SEQUENCE_AT)
    return value === NO_SEQUENCE ? undefined : { value, rule: 'changing' }
  },
  encode(observations) {
    const payload = new Uint8Array(24).fill(0xff)
    payload[0] = 0x05
    writeFields(DF5_FIELDS, viewOf(payload), observations)
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
