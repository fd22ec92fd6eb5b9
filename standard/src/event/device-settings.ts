import { z } from 'zod'
import { QUANTITIES, type Quantity } from './quantities.ts'

const quantity = z.enum(Object.keys(QUANTITIES) as [Quantity, ...Quantity[]])
const ms = z.int().min(0)

/** When a value of a device is worth an event. What is left out stays as the agent's own configuration says. */
export const deviceReport = z.strictObject({
  deadband: z
    .union([z.number().nonnegative(), z.partialRecord(quantity, z.number().nonnegative())])
    .optional()
    .describe('Least change worth an event, in the unit of the quantity; one number or one per quantity.'),
  minIntervalMs: ms.optional().describe('A change sooner than this after the last event waits for the next frame.'),
  maxIntervalMs: ms.optional().describe('An unchanged value is reported again after this time.'),
})

/** Values a quantity of a device must stay within; beyond them a reading is `ALARM_CONDITION`. */
export const deviceLimit = z.strictObject({
  kind: quantity,
  channel: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
})

/** More limits than quantities and probes a device can have. */
const MAX_LIMITS = 200

/** What the centre sets of a device: the body of `cfg`, beside its version. Absent parts are the agent's own. */
export const deviceSettings = z.strictObject({
  report: deviceReport.optional(),
  limits: z.array(deviceLimit).max(MAX_LIMITS).optional(),
})

export type DeviceSettings = z.infer<typeof deviceSettings>
