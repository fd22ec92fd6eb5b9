import { z } from 'zod'
import { isPointer } from './pointer.ts'

const pointer = z.string().refine(isPointer, { error: 'not a JSON Pointer (RFC 6901), e.g. /unit/setPoint' })
const severity = z.int().min(0).max(15)

/** What a unit or one of its compartments reports, with the quantity it is kept as. */
export const REEFER_FIELDS = {
  setPoint: { kind: 'setPoint', scaled: true },
  returnAir: { kind: 'returnAir', scaled: true },
  supplyAir: { kind: 'supplyAir', scaled: true },
  mode: { kind: 'mode' },
  power: { kind: 'power' },
  door: { kind: 'door' },
  engineHours: { kind: 'engineHours' },
  battery: { kind: 'voltage', channel: 'battery' },
  fuel: { kind: 'fuel' },
} as const

export type ReeferField = keyof typeof REEFER_FIELDS

export const FIELD_NAMES = Object.keys(REEFER_FIELDS) as ReeferField[]

const fields = z.strictObject({
  setPoint: pointer.default('/setPoint'),
  returnAir: pointer.default('/returnAir'),
  supplyAir: pointer.default('/supplyAir'),
  mode: pointer.default('/mode'),
  power: pointer.default('/power'),
  door: pointer.default('/door'),
  engineHours: pointer.default('/engineHours'),
  battery: pointer.default('/battery'),
  fuel: pointer.default('/fuel'),
})

export const reeferOptions = z.strictObject({
  time: pointer
    .default('/at')
    .describe('Where the time stands: ISO 8601 with offset, or ms since 1970; else reception.'),
  fields: fields
    .prefault({})
    .describe('Where each value stands, in the document and in each zone: JSON Pointers by field.'),
  zones: pointer.default('/zones').describe('Where the array of compartments stands.'),
  zoneName: pointer.default('/zone').describe('Where a compartment has its name, within the compartment.'),
  alarms: pointer.default('/alarms').describe('Where the array of alarms stands.'),
  alarm: z
    .strictObject({
      code: pointer.default('/code'),
      severity: pointer.default('/severity'),
      active: pointer.default('/active'),
    })
    .prefault({})
    .describe('Where an alarm has its code, severity and state, within the alarm; without state it is active.'),
  severities: z
    .record(z.string(), severity)
    .prefault({ critical: 15, urgent: 10, warning: 5, ok: 0 })
    .describe("Grades of severity words, lower case: 0-15, 15 = shutdown. The defaults are ours, not a vendor's."),
  trueWords: z
    .array(z.string())
    .prefault(['true', 'on', 'open', 'yes', '1'])
    .describe('Words, lower case, that mean on for power and open for the door.'),
  falseWords: z
    .array(z.string())
    .prefault(['false', 'off', 'closed', 'no', '0'])
    .describe('Words, lower case, that mean off or closed; a word of neither list is a failed reading.'),
  temperatureUnit: z.enum(['C', 'F']).default('C').describe('Unit of set point, return and supply air as sent.'),
  sentinels: z
    .partialRecord(z.enum(FIELD_NAMES as [ReeferField, ...ReeferField[]]), z.array(z.number()))
    .prefault({})
    .describe('Raw values by field that mean: no measurement, e.g. {"supplyAir":[-999]}.'),
})

export type ReeferOptions = z.output<typeof reeferOptions>
