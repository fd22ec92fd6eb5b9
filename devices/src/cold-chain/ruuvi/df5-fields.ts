import { bits16, type Field, i16, u8, u16 } from '../fixed/layout.ts'
import { countField, humidityField, pressureField, temperatureField } from './quantities.ts'

export const SEQUENCE_AT = 16
export const NO_SEQUENCE = 0xffff

/** 1 mG a step; one G is one standard acceleration of free fall. */
const accelerationField = (channel: string, at: number): Field => ({
  kind: 'acceleration',
  channel,
  slot: i16(at),
  sentinels: [-0x8000],
  scale: (raw) => raw / 1000,
  unscale: (gravities) => Math.round(gravities * 1000),
})

/** Data format 5 from byte 1 to the MAC. */
export const DF5_FIELDS: readonly Field[] = [
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
