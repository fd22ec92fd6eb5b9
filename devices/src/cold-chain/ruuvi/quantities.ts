import { type Field, i16, type Slot, u16 } from '../fixed/layout.ts'

const INVALID_I16 = [-0x8000]
const INVALID_U16 = [0xffff]

/** 0.005 degrees Celsius a step. */
export const temperatureField = (at: number): Field => ({
  kind: 'temperature',
  slot: i16(at),
  sentinels: INVALID_I16,
  scale: (raw) => raw / 200,
  unscale: (celsius) => Math.round(celsius * 200),
})

/** 0.0025 %RH a step. */
export const humidityField = (at: number): Field => ({
  kind: 'humidity',
  slot: u16(at),
  sentinels: INVALID_U16,
  scale: (raw) => raw / 400,
  unscale: (percent) => Math.round(percent * 400),
})

/** 1 Pa a step above 50,000 Pa. */
export const pressureField = (at: number): Field => ({
  kind: 'pressure',
  slot: u16(at),
  sentinels: INVALID_U16,
  scale: (raw) => raw + 50_000,
  unscale: (pascal) => Math.round(pascal) - 50_000,
})

/** A plain number, one a step, `invalid` meaning not available. */
export const countField = (channel: string, slot: Slot, invalid: readonly number[]): Field => ({
  kind: 'count',
  channel,
  slot,
  sentinels: invalid,
  scale: (raw) => raw,
  unscale: (value) => Math.round(value),
})
