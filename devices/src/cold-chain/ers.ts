import { z } from 'zod'
import { defineDriver, malformed, type Observation, type Reading } from '../driver.ts'
import { scaled } from './fixed/decimal.ts'
import { findReading, labelled, rawOf, readingOf, viewOf } from './fixed/layout.ts'
import { ELSYS_OBJECTS, type ElsysNumber, type ElsysObject } from './lorawan/elsys-objects.ts'
import { anyPortOption, expectPort } from './lorawan/port.ts'

const OBJECTS = new Map(ELSYS_OBJECTS.map((object) => [object.type, object]))

/**
 * Elsys ERS room sensors, big-endian: objects of type(1) and value. Source: TheThingsNetwork/lorawan-devices
 * vendor/elsys/elsys.js and ers-codec.yaml; the bytes 03 67 mean acceleration here, a temperature at another maker.
 */
export default defineDriver({
  model: 'ers',
  version: '1.0.0',
  summary: 'Elsys ERS LoRaWAN room sensors (temperature, humidity, light, motion, CO2): Elsys payload.',
  integrity: 'none',
  options: z.strictObject({ fPort: anyPortOption(5) }),
  decode(frame, context, { fPort }) {
    expectPort(context, fPort)
    const readings: Reading[] = []
    if (frame.length === 0) throw malformed('empty payload')
    for (let at = 0; at < frame.length; ) {
      const object = OBJECTS.get(frame[at] ?? 0)
      if (object === undefined) throw malformed(`object type ${frame[at]} at byte ${at} is not known`)
      const end = at + 1 + object.size
      if (end > frame.length) throw malformed(`object type ${object.type} at byte ${at} is cut`)
      const view = viewOf(frame.subarray(at + 1, end))
      readings.push(...object.numbers.map((number) => readNumber(number, view, context.receivedAt)))
      at = end
    }
    return readings
  },
  encode: (observations) => Uint8Array.from(ELSYS_OBJECTS.flatMap((object) => [...written(object, observations)])),
})

function readNumber(number: ElsysNumber, view: DataView, at: number): Reading {
  const { kind, channel, divisor, sentinels } = number
  const raw = rawAt(number, view)
  if (divisor === 'switch') return { ...labelled(kind, at, channel), value: raw !== 0 }
  return readingOf({ ...number, sentinels, scale: (n) => scaled(n, 1 / divisor) }, raw, at)
}

function written({ type, size, numbers }: ElsysObject, observations: readonly Observation[]): Uint8Array {
  if (!numbers.some(({ kind, channel }) => findReading(observations, kind, channel))) return new Uint8Array()
  const block = new Uint8Array(1 + size)
  block[0] = type
  for (const number of numbers) writeNumber(number, viewOf(block.subarray(1)), observations)
  return block
}

function writeNumber(number: ElsysNumber, view: DataView, observations: readonly Observation[]): void {
  const { kind, channel, divisor, size, signed } = number
  const reading = findReading(observations, kind, channel)
  const limit = 2 ** (size * 8)
  const slot = {
    min: signed ? -limit / 2 : 0,
    max: signed ? limit / 2 - 1 : limit - 1,
    read: () => 0,
    write: () => undefined,
  }
  const raw =
    divisor === 'switch'
      ? Number(reading?.value === true)
      : rawOf({ ...number, slot, unscale: (value) => Math.round(value * divisor) }, reading)
  if (size === 1) view.setUint8(number.offset, raw & 0xff)
  else if (size === 2) view.setUint16(number.offset, raw & 0xffff)
  else view.setUint32(number.offset, raw >>> 0)
}

function rawAt({ offset, size, signed }: ElsysNumber, view: DataView): number {
  if (size === 1) return signed ? view.getInt8(offset) : view.getUint8(offset)
  if (size === 2) return signed ? view.getInt16(offset) : view.getUint16(offset)
  return signed ? view.getInt32(offset) : view.getUint32(offset)
}
