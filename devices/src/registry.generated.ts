// Written by `npm run gen` from the driver files. Do not edit.
import type { Driver } from './driver.ts'
import bthomeV2 from './cold-chain/bthome-v2.ts'
import digitalLink from './scanners/digital-link.ts'
import ds18b20 from './cold-chain/ds18b20.ts'
import em300Th from './cold-chain/em300-th.ts'
import ers from './cold-chain/ers.ts'
import gs1 from './scanners/gs1.ts'
import j1939Dm1 from './vehicles/j1939-dm1.ts'
import lht65 from './cold-chain/lht65.ts'
import loggerCsv from './cold-chain/logger-csv.ts'
import modbus from './cold-chain/modbus.ts'
import nmea0183 from './vehicles/nmea-0183.ts'
import reefer from './vehicles/reefer.ts'
import ruuviDf5 from './cold-chain/ruuvi-df5.ts'
import ruuviDf6 from './cold-chain/ruuvi-df6.ts'
import teltonikaCodec16 from './vehicles/teltonika-codec16.ts'
import teltonikaCodec8 from './vehicles/teltonika-codec8.ts'
import teltonikaCodec8e from './vehicles/teltonika-codec8e.ts'

/** Every driver by its model. The options are checked by `parseOptions` before they reach `decode`. */
export const drivers: Record<string, Driver<unknown>> = {
  'bthome-v2': bthomeV2 as Driver<unknown>,
  'digital-link': digitalLink as Driver<unknown>,
  ds18b20: ds18b20 as Driver<unknown>,
  'em300-th': em300Th as Driver<unknown>,
  ers: ers as Driver<unknown>,
  gs1: gs1 as Driver<unknown>,
  'j1939-dm1': j1939Dm1 as Driver<unknown>,
  lht65: lht65 as Driver<unknown>,
  'logger-csv': loggerCsv as Driver<unknown>,
  modbus: modbus as Driver<unknown>,
  'nmea-0183': nmea0183 as Driver<unknown>,
  reefer: reefer as Driver<unknown>,
  'ruuvi-df5': ruuviDf5 as Driver<unknown>,
  'ruuvi-df6': ruuviDf6 as Driver<unknown>,
  'teltonika-codec16': teltonikaCodec16 as Driver<unknown>,
  'teltonika-codec8': teltonikaCodec8 as Driver<unknown>,
  'teltonika-codec8e': teltonikaCodec8e as Driver<unknown>,
}
