import { QUANTITIES, type Quantity } from '@waytrace/standard'
import { z } from 'zod'

const at = z.int()
const text = z.string().min(1)
const quantity = z.enum(Object.keys(QUANTITIES) as [Quantity, ...Quantity[]])

/** A reading states a value or says why there is none: never both, never neither. `z.number()` refuses NaN and Infinity. */
const reading = z
  .strictObject({
    kind: quantity,
    at,
    value: z.union([z.number(), z.boolean(), z.string()]).optional(),
    unit: text.optional(),
    channel: text.optional(),
    exception: z.enum(['ERROR_CONDITION', 'ALARM_CONDITION']).optional(),
    reason: z.enum(['sentinel', 'disconnected', 'out-of-range', 'checksum', 'not-available']).optional(),
    raw: z.union([z.number(), z.string()]).optional(),
  })
  .refine((r) => (r.exception === 'ERROR_CONDITION') === (r.value === undefined), {
    error: 'a reading has a value, or ERROR_CONDITION and no value',
  })
  .refine((r) => r.exception !== 'ERROR_CONDITION' || r.reason !== undefined, {
    error: 'a failed measurement states its reason',
  })

const scan = z.strictObject({
  kind: z.literal('scan'),
  at,
  symbology: text,
  aim: z
    .string()
    .regex(/^\][A-Za-z][0-9A-Za-z]$/)
    .optional(),
  raw: z.string(),
  elements: z.record(z.string().regex(/^\d{2,4}$/), text).optional(),
  keys: z.strictObject({
    epcs: z.array(z.string().startsWith('https://id.gs1.org/')),
    order: text.optional(),
    operator: text.optional(),
    location: text.optional(),
    lot: text.optional(),
    expiry: text.optional(),
    limits: z.strictObject({ minC: z.number().optional(), maxC: z.number().optional() }).optional(),
    window: z.strictObject({ notBefore: text.optional(), notAfter: text.optional() }).optional(),
    count: z.int().nonnegative().optional(),
    plain: z.string().optional(),
  }),
})

const position = z.strictObject({
  kind: z.literal('position'),
  at,
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  altitudeM: z.number().optional(),
  speedKmh: z.number().nonnegative().optional(),
  headingDeg: z.number().min(0).max(360).optional(),
  satellites: z.int().nonnegative().optional(),
})

const fault = z.strictObject({
  kind: z.literal('fault'),
  at,
  system: z.enum(['obd', 'j1939', 'reefer', 'device']),
  code: text,
  severity: z.int().min(0).max(15).optional(),
  occurrences: z.int().nonnegative().optional(),
  lamp: z.enum(['MIL', 'RED_STOP', 'AMBER_WARNING', 'PROTECT']).optional(),
  active: z.boolean(),
})

/** What every driver must return, checked: the types of `driver.ts` with the limits a type cannot state. */
export const observationSchema = z.union([scan, position, fault, reading])
