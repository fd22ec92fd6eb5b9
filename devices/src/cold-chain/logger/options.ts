import { QUANTITIES, type Quantity } from '@waytrace/standard'
import { z } from 'zod'
import { isZone } from './local-time.ts'
import { isTimeFormat } from './time-format.ts'

const kinds = Object.keys(QUANTITIES) as [Quantity, ...Quantity[]]

/** A column by its name in the header, or by its number from 1. */
const column = z.union([z.int().min(1), z.string().min(1)])

const measured = z.strictObject({
  column,
  kind: z.enum(kinds),
  channel: z.string().min(1).optional(),
  unit: z.enum(['C', 'F']).default('C').describe('Of temperatures; Fahrenheit is converted.'),
  scale: z.coerce.number().default(1),
  sentinels: z.array(z.string()).default([]).describe('Cell texts that mean a fault, such as "-999" or "ERR".'),
})

export type LoggerColumn = z.infer<typeof measured>

/** A command line hands structures in as JSON text. */
const json = <T extends z.ZodType>(schema: T) =>
  z.preprocess((given) => {
    if (typeof given !== 'string' || !/^[[{]/.test(given)) return given
    try {
      return JSON.parse(given)
    } catch {
      return given
    }
  }, schema)

export const loggerOptions = z
  .strictObject({
    frame: z.enum(['file', 'line']).default('file').describe('One frame is a whole file, or one data line of it.'),
    delimiter: z.string().length(1).default(',').describe('Between cells: comma, semicolon or tab.'),
    decimal: z.enum(['.', ',']).default('.').describe('Decimal mark of values.'),
    metaLines: z.coerce.number().int().min(0).max(1000).default(0).describe('Lines before the header: serial, title.'),
    header: z
      .union([z.enum(['true', 'false']).transform((text) => text === 'true'), z.boolean()])
      .default(true)
      .describe('Whether a line with column names follows; in line frames there is none.'),
    serial: z
      .string()
      .optional()
      .describe('Key of the meta line that holds the serial number, such as "Serial number".'),
    time: json(
      z.strictObject({
        columns: z.array(column).min(1).max(2).default(['time']).describe('Joined by one blank: date and time of day.'),
        format: z
          .string()
          .refine(isTimeFormat, 'want iso, unix, unix-ms or a pattern with yyyy or yy, MM, dd')
          .default('iso'),
        zone: z.string().refine(isZone, 'want an IANA time zone').default('UTC').describe('Zone of the printed times.'),
      }),
    ).default({ columns: ['time'], format: 'iso', zone: 'UTC' }),
    columns: json(z.array(measured).min(1))
      .optional()
      .describe('What is measured; default: every column whose name is a quantity, such as temperature or humidity.'),
    maxLines: z.coerce.number().int().min(1).default(1_000_000).describe('Longer files are refused.'),
  })
  .refine((o) => o.frame === 'file' || allNumbered(o.time.columns) === true, {
    error: 'line frames have no header: want column numbers',
    path: ['time', 'columns'],
  })
  .refine((o) => o.frame === 'file' || (o.columns && allNumbered(o.columns.map((c) => c.column))), {
    error: 'line frames have no header: want columns by number',
    path: ['columns'],
  })

export type LoggerOptions = z.infer<typeof loggerOptions>

function allNumbered(columns: readonly (string | number)[]): boolean {
  return columns.every((c) => typeof c === 'number')
}
