import { z } from 'zod'
import { defineDriver, malformed, type Observation, type Reading } from '../driver.ts'
import { type Field, findReading, rawOf, readingOf, type Slot, viewOf } from './fixed/layout.ts'
import { anyPortOption, expectPort } from './lorawan/port.ts'

const littleI16: Slot = {
  min: -0x8000,
  max: 0x7fff,
  read: (view) => view.getInt16(0, true),
  write: (view, raw) => view.setInt16(0, raw, true),
}
const byte: Slot = { min: 0, max: 0xff, read: (view) => view.getUint8(0), write: (view, raw) => view.setUint8(0, raw) }

const BATTERY: Field = { kind: 'battery', slot: byte, sentinels: [0xff], scale: (raw) => raw, unscale: Math.round }
/** 0xFFFF is -0.1 C, a good value: the fault is 0x7FFF alone. */
const TEMPERATURE: Field = {
  kind: 'temperature',
  slot: littleI16,
  sentinels: [0x7fff],
  scale: (raw) => raw / 10,
  unscale: (celsius) => Math.round(celsius * 10),
}
const HUMIDITY: Field = {
  kind: 'humidity',
  slot: byte,
  sentinels: [0xff],
  scale: (raw) => raw / 2,
  unscale: (percent) => Math.round(percent * 2),
}

const MEASURED: readonly { id: number; size: number; field: Field }[] = [
  { id: 0x0175, size: 1, field: BATTERY },
  { id: 0x0367, size: 2, field: TEMPERATURE },
  { id: 0x0468, size: 1, field: HUMIDITY },
]
const HISTORY = 0x20ce
const HISTORY_SIZE = 8
/** Protocol, hardware, software version, power on, class, serial number: sent after joining, nothing measured. */
const ABOUT_DEVICE: Readonly<Record<number, number>> = { 65281: 1, 65289: 2, 65290: 2, 65291: 1, 65295: 1, 65302: 8 }

/**
 * Milesight EM300-TH, little-endian: blocks of channel(1), type(1), value. 01 75 battery(1, %), 03 67 temperature(2, 0.1
 * degC), 04 68 humidity(1, 0.5 %), 20 CE stored: Unix time(4), temperature(2), humidity(1), reserved(1).
 * Source: Milesight-IoT/SensorDecoders EM300-TH/README.md; TheThingsNetwork/lorawan-devices em300-th-codec.yaml.
 */
export default defineDriver({
  model: 'em300-th',
  version: '1.0.0',
  summary: 'Milesight EM300-TH LoRaWAN temperature and humidity, with its stored readings: Milesight SensorDecoders.',
  integrity: 'none',
  options: z.strictObject({ fPort: anyPortOption(85) }),
  decode(frame, context, { fPort }) {
    expectPort(context, fPort)
    const readings: Reading[] = []
    if (frame.length === 0) throw malformed('empty payload')
    for (let at = 0; at < frame.length; ) {
      const id = (frame[at] ?? 0) * 256 + (frame[at + 1] ?? 0)
      const size = sizeOf(id)
      if (size === undefined) throw malformed(`channel ${id.toString(16).padStart(4, '0')} is not known`)
      const end = at + 2 + size
      if (end > frame.length) throw malformed(`channel ${id.toString(16).padStart(4, '0')} is cut`)
      readings.push(...readBlock(id, viewOf(frame.subarray(at + 2, end)), context.receivedAt))
      at = end
    }
    return readings
  },
  encode: (observations) => Uint8Array.from(MEASURED.flatMap((block) => [...written(block, observations)])),
})

function sizeOf(id: number): number | undefined {
  if (id === HISTORY) return HISTORY_SIZE
  return MEASURED.find((block) => block.id === id)?.size ?? ABOUT_DEVICE[id]
}

function readBlock(id: number, view: DataView, receivedAt: number): Reading[] {
  if (id === HISTORY) {
    const at = view.getUint32(0, true) * 1000
    return [readingOf(TEMPERATURE, view.getInt16(4, true), at), readingOf(HUMIDITY, view.getUint8(6), at)]
  }
  const field = MEASURED.find((block) => block.id === id)?.field
  return field === undefined ? [] : [readingOf(field, field.slot.read(view), receivedAt)]
}

function written({ id, size, field }: (typeof MEASURED)[number], observations: readonly Observation[]): Uint8Array {
  const reading = findReading(observations, field.kind)
  if (reading === undefined) return new Uint8Array()
  const block = new Uint8Array(2 + size)
  viewOf(block).setUint16(0, id)
  field.slot.write(viewOf(block.subarray(2)), rawOf(field, reading))
  return block
}
