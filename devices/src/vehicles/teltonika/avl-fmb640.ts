import { COMMON, DALLAS } from './avl-common.ts'
import { avlTable, probes } from './avl-table.ts'

/**
 * FMB640, FMC640, FMM640, FMC650: the truck family. Ids such as 25-30 and 113 mean other things than on the FMB120
 * (fuel and service data), so they stay generic here. Source: Teltonika Telematics Wiki, "FMB640 AVL ID".
 */
export const AVL_FMB640 = avlTable(COMMON, [
  ...probes(72, 4, 'dallas', { ...DALLAS, width: 2 }),
  // 2000 parse failed, 3000 sensor not found, 4000 abnormal state.
  ...probes(701, 4, 'ble', {
    kind: 'temperature',
    width: 2,
    signed: true,
    divisor: 10,
    sentinels: [2000, 3000, 4000],
    range: [-100, 200],
  }),
])
