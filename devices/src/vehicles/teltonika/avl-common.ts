import { type AvlEntry, probes } from './avl-table.ts'

/**
 * Ids that mean the same in both families. Source: Teltonika Telematics Wiki, "Data Sending Parameters ID" of
 * FMB120, FMB640; sentinels of the Dallas bus there and in firmware (850 power-on, 2000 and 3000 errors).
 */
export const COMMON: [number, AvlEntry][] = [
  [24, { kind: 'speed', channel: 'gnss', width: 2 }],
  [66, { kind: 'voltage', channel: 'external', width: 2, divisor: 1000 }],
  [67, { kind: 'voltage', channel: 'battery', width: 2, divisor: 1000 }],
  [239, { kind: 'ignition', width: 1 }],
  [240, { kind: 'movement', width: 1 }],
  // 1 = open; installations wired the other way round set the option doorClosedHigh.
  [662, { kind: 'door', width: 1 }],
  ...probes(10644, 6, 'probe', { kind: 'temperature', width: 2, signed: true, divisor: 100, range: [-100, 200] }),
  ...probes(10800, 4, 'eye', { kind: 'temperature', width: 2, signed: true, divisor: 100, range: [-100, 200] }),
]

/** DS18B20 on the 1-wire bus: -55 to +125 degC; 85.0 is its power-on value, never taken as a measurement. */
export const DALLAS: Omit<AvlEntry, 'channel' | 'width'> = {
  kind: 'temperature',
  signed: true,
  divisor: 10,
  sentinels: [850, 2000, 3000],
  range: [-55, 125],
}
