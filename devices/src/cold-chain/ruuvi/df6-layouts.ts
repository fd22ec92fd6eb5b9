import { type Field, split9, u8, u16, u24 } from '../fixed/layout.ts'
import { countField, humidityField, pressureField, temperatureField } from './quantities.ts'

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

/** One of the two formats; the fields in the order their readings are told. */
export interface Df6Layout {
  length: number
  flagsAt: number
  macAt: number
  fields: readonly Field[]
  sequence: Field
}

export const DF6: Df6Layout = {
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

export const E1: Df6Layout = {
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
