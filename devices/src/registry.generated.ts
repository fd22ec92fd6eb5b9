// Written by `npm run gen` from the driver files. Do not edit.
import type { Driver } from './driver.ts'

/** Every driver by its model. The options are checked by `parseOptions` before they reach `decode`. */
export const drivers: Record<string, Driver<unknown>> = {
}
