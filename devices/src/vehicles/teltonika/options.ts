import { z } from 'zod'
import type { AvlEntry } from './avl-table.ts'
import { AVL_TABLES, TELTONIKA_MODELS } from './models.ts'

/** Options of the three codecs. */
export const teltonikaOptions = z.strictObject({
  model: z
    .preprocess((value) => (typeof value === 'string' ? value.toLowerCase() : value), z.enum(TELTONIKA_MODELS))
    .default('fmb120')
    .describe('Model of the device: decides what each AVL id means.'),
  doorInput: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe('AVL id of the input a door contact is wired to, e.g. 1 for digital input 1; not zero = open.'),
  doorClosedHigh: z
    .boolean()
    .default(false)
    .describe('The door contact and AVL id 662 report 1 for closed, 0 for open.'),
  bleDivisor: z
    .union([z.literal(10), z.literal(100)])
    .default(100)
    .describe(
      'Raw units per degree of BLE temperatures 25-28 (FMB120 family): 100, or 10 for firmware that sends tenths.',
    ),
  unknownIds: z
    .enum(['keep', 'drop'])
    .default('keep')
    .describe('Whether ids without a meaning here become generic readings on channel avl-<id>.'),
})

export type TeltonikaOptions = z.output<typeof teltonikaOptions>

/** What an AVL id means under these options; undefined for one without a meaning. */
export function avlEntry(id: number, options: TeltonikaOptions): AvlEntry | undefined {
  if (id === options.doorInput) return { kind: 'door', channel: `avl-${id}`, width: 1 }
  const entry = AVL_TABLES[options.model].get(id)
  if (entry !== undefined && id >= 25 && id <= 28) return { ...entry, divisor: options.bleDivisor }
  return entry
}
