import type { Quantity } from '@waytrace/standard'

/** How an object's bytes are read. Numbers are little-endian; text and raw bytes are preceded by their length. */
export type BthomeForm =
  | { form: 'number'; size: 1 | 2 | 3 | 4; signed: boolean; scale: number }
  | { form: 'switch' }
  | { form: 'button' | 'dimmer' | 'text' | 'raw' }
  | { form: 'version'; size: 2 | 3 | 4 }

export type BthomeObject = { id: number; kind: Quantity; channel?: string } & BthomeForm

/** Standard acceleration of free fall in m/s2, and the pound in kg: exact by definition. */
const FREE_FALL = 9.80665
const POUND = 0.45359237

type Row = [id: number, kind: Quantity, size: 1 | 2 | 3 | 4, scale: number, channel?: string]

/** Scales lead to the unit our quantity is kept in: hPa x 0.01 is Pa x 1, m/s x 3.6 is km/h, mm / 1000 is m. */
const UNSIGNED: readonly Row[] = [
  [0x00, 'count', 1, 1, 'sequence'],
  [0x01, 'battery', 1, 1],
  [0x03, 'humidity', 2, 0.01],
  [0x2e, 'humidity', 1, 1],
  [0x04, 'pressure', 3, 1],
  [0x05, 'illuminance', 3, 0.01],
  [0x06, 'mass', 2, 0.01],
  [0x07, 'mass', 2, 0.01 * POUND],
  [0x09, 'count', 1, 1],
  [0x3d, 'count', 2, 1],
  [0x3e, 'count', 4, 1],
  [0x0a, 'energy', 3, 0.001],
  [0x4d, 'energy', 4, 0.001],
  [0x0b, 'activePower', 3, 0.01],
  [0x0c, 'voltage', 2, 0.001],
  [0x4a, 'voltage', 2, 0.1],
  [0x0d, 'particulates', 2, 1, 'pm2.5'],
  [0x0e, 'particulates', 2, 1, 'pm10'],
  [0x12, 'co2', 2, 1],
  [0x13, 'voc', 2, 1],
  [0x14, 'moisture', 2, 0.01],
  [0x2f, 'moisture', 1, 1],
  [0x40, 'distance', 2, 0.001],
  [0x41, 'distance', 2, 0.1],
  [0x42, 'duration', 3, 0.001],
  [0x50, 'duration', 4, 1, 'unix-time'],
  [0x43, 'current', 2, 0.001],
  [0x44, 'speed', 2, 0.01 * 3.6],
  [0x46, 'uvIndex', 1, 0.1],
  [0x47, 'volume', 2, 0.1],
  [0x48, 'volume', 2, 0.001],
  [0x4e, 'volume', 4, 0.001],
  [0x4f, 'volume', 4, 0.001, 'water'],
  [0x55, 'volume', 4, 0.001, 'storage'],
  [0x4b, 'volume', 3, 1, 'gas'],
  [0x4c, 'volume', 4, 1, 'gas'],
  [0x49, 'flow', 2, 0.001],
  [0x51, 'acceleration', 2, 0.001 / FREE_FALL],
  [0x52, 'angularVelocity', 2, 0.001],
  [0x56, 'conductivity', 2, 1],
  [0x5e, 'heading', 2, 0.01],
  [0x5f, 'distance', 2, 0.0001, 'precipitation'],
  [0x60, 'count', 1, 1, 'channel'],
  [0x61, 'angularVelocity', 2, 6, 'rotation'],
  [0x64, 'count', 1, 1, 'light-level'],
]

const SIGNED: readonly Row[] = [
  [0x02, 'temperature', 2, 0.01],
  [0x45, 'temperature', 2, 0.1],
  [0x57, 'temperature', 1, 1],
  [0x58, 'temperature', 1, 0.35],
  [0x08, 'temperature', 2, 0.01, 'dew-point'],
  [0x3f, 'heading', 2, 0.1, 'rotation'],
  [0x59, 'count', 1, 1],
  [0x5a, 'count', 2, 1],
  [0x5b, 'count', 4, 1],
  [0x5c, 'activePower', 4, 0.01],
  [0x5d, 'current', 2, 0.001],
  [0x62, 'speed', 4, 0.000001 * 3.6],
  [0x63, 'acceleration', 4, 0.000001 / FREE_FALL],
]

/** One byte, 0 or 1. Doors, windows and openings: 1 is open; the channel names what 1 means elsewhere. */
const SWITCHES: readonly [number, Quantity, string?][] = [
  [0x0f, 'state'],
  [0x10, 'power'],
  [0x11, 'door', 'opening'],
  [0x15, 'state', 'battery-low'],
  [0x16, 'state', 'charging'],
  [0x17, 'state', 'carbon-monoxide'],
  [0x18, 'state', 'cold'],
  [0x19, 'state', 'connected'],
  [0x1a, 'door'],
  [0x1b, 'door', 'garage'],
  [0x1c, 'state', 'gas'],
  [0x1d, 'state', 'heat'],
  [0x1e, 'state', 'light'],
  [0x1f, 'state', 'unlocked'],
  [0x20, 'state', 'wet'],
  [0x21, 'movement', 'motion'],
  [0x22, 'movement'],
  [0x23, 'state', 'occupied'],
  [0x24, 'state', 'plugged'],
  [0x25, 'state', 'present'],
  [0x26, 'state', 'problem'],
  [0x27, 'state', 'running'],
  [0x28, 'state', 'safe'],
  [0x29, 'state', 'smoke'],
  [0x2a, 'state', 'sound'],
  [0x2b, 'state', 'tamper'],
  [0x2c, 'state', 'vibration'],
  [0x2d, 'door', 'window'],
]

const OTHERS: readonly BthomeObject[] = [
  { id: 0x3a, kind: 'mode', channel: 'button', form: 'button' },
  { id: 0x3c, kind: 'mode', channel: 'dimmer', form: 'dimmer' },
  { id: 0x53, kind: 'mode', channel: 'text', form: 'text' },
  { id: 0x54, kind: 'mode', channel: 'raw', form: 'raw' },
  { id: 0xf0, kind: 'identity', channel: 'device-type', form: 'version', size: 2 },
  { id: 0xf1, kind: 'identity', channel: 'firmware', form: 'version', size: 4 },
  { id: 0xf2, kind: 'identity', channel: 'firmware', form: 'version', size: 3 },
]

/**
 * The object ids of BTHome v2 (bthome.io/format; ids and factors also in Bluetooth-Devices/bthome-ble
 * `src/bthome_ble/const.py`), each led to a quantity of ours. Where two objects of one quantity can hold a value, the
 * encoder takes the first.
 */
export const BTHOME_OBJECTS: readonly BthomeObject[] = [
  ...UNSIGNED.map((row) => numberObject(row, false)),
  ...SIGNED.map((row) => numberObject(row, true)),
  ...SWITCHES.map(([id, kind, channel]): BthomeObject => ({ id, kind, ...named(channel), form: 'switch' })),
  ...OTHERS,
]

function numberObject([id, kind, size, scale, channel]: Row, signed: boolean): BthomeObject {
  return { id, kind, ...named(channel), form: 'number', size, signed, scale }
}

function named(channel: string | undefined): { channel?: string } {
  return channel === undefined ? {} : { channel }
}
