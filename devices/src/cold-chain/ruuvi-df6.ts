import { z } from 'zod'
import { defineDriver, type Reading } from '../driver.ts'
import { formatMac, parseMac } from './ble/mac.ts'
import { findReading, readFields, viewOf, writeFields } from './fixed/layout.ts'
import { DF6, type Df6Layout, E1 } from './ruuvi/df6-layouts.ts'
import { ruuviPayload } from './ruuvi/payload.ts'

const LENGTHS = { 6: 20, 225: 40 }
const CALIBRATING = 0x01

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
    const format = findReading(observations, 'particulates', 'pm1.0') === undefined ? DF6 : E1
    const payload = new Uint8Array(format.length).fill(0xff)
    payload[0] = format === DF6 ? 0x06 : 0xe1
    payload[format.flagsAt] =
      findReading(observations, 'mode', 'calibration')?.value === 'in-progress' ? CALIBRATING : 0
    writeFields([...format.fields, format.sequence], viewOf(payload), observations)
    const mac = findReading(observations, 'identity', 'mac')?.value
    if (typeof mac === 'string') payload.set(parseMac(mac), format.macAt)
    return payload
  },
})

function open(frame: Uint8Array): { format: Df6Layout; payload: Uint8Array; view: DataView } {
  const payload = ruuviPayload(frame, LENGTHS)
  return { format: payload[0] === 0x06 ? DF6 : E1, payload, view: viewOf(payload) }
}

function calibration(flags: number, at: number): Reading {
  return { kind: 'mode', at, channel: 'calibration', value: flags & CALIBRATING ? 'in-progress' : 'complete' }
}

/** All ones mean that the device does not tell its address. Format 6 has only the low three bytes of it. */
function address(mac: Uint8Array, at: number): Reading[] {
  return mac.every((byte) => byte === 0xff) ? [] : [{ kind: 'identity', at, channel: 'mac', value: formatMac(mac) }]
}
