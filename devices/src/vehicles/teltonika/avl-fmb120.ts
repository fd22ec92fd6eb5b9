import { COMMON, DALLAS } from './avl-common.ts'
import { avlTable, probes } from './avl-table.ts'

/**
 * FMB1xx, FMB9xx, FMC1xx, FMM1xx: the family with OBD data and BLE sensors on 25-28.
 * Source: Teltonika Telematics Wiki, "FMB120 Teltonika Data Sending Parameters ID" and "BLE Sensor elements".
 */
export const AVL_FMB120 = avlTable(COMMON, [
  [16, { kind: 'distance', channel: 'odometer', width: 4 }],
  // Raw hundredths by the wiki; some firmware sends tenths, hence the option bleDivisor (Traccar issue 4957).
  ...probes(25, 4, 'ble', {
    kind: 'temperature',
    width: 2,
    signed: true,
    divisor: 100,
    sentinels: [32765, 32766, 32767],
    range: [-100, 200],
  }),
  [30, { kind: 'count', channel: 'dtc', width: 1 }],
  ...probes(72, 4, 'dallas', { ...DALLAS, width: 4 }),
  [113, { kind: 'battery', width: 1 }],
  [199, { kind: 'distance', channel: 'trip', width: 4 }],
])
