import { QUANTITIES, type Quantity } from '@waytrace/standard'
import { z } from 'zod'

const kinds = Object.keys(QUANTITIES) as [Quantity, ...Quantity[]]
const COILS = [1, 2]
const REGISTERS_OF = { int16: 1, uint16: 1, bool: 1, int32: 2, uint32: 2, float32: 2 } as const

const entry = z
  .strictObject({
    name: z.string().min(1).optional().describe('For people; the channel unless one is given.'),
    kind: z.enum(kinds).describe('What is measured; its unit is the one this quantity is kept in.'),
    channel: z.string().min(1).optional().describe('Probe or compartment; default: the name.'),
    function: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).default(3),
    address: z.coerce.number().int().min(0).max(0xffff).describe('As on the wire: register 40001 is address 0.'),
    type: z.enum(['int16', 'uint16', 'int32', 'uint32', 'float32', 'bool']).default('int16'),
    wordOrder: z
      .enum(['ABCD', 'CDAB', 'BADC', 'DCBA'])
      .default('ABCD')
      .describe('Order of the bytes A (highest) to D on the wire; 16-bit types: BADC and DCBA swap the two bytes.'),
    bit: z.coerce.number().int().min(0).max(15).optional().describe('Which bit of the register a bool is.'),
    scale: z.coerce
      .number()
      .refine((scale) => scale !== 0, 'must not be 0')
      .default(1),
    offset: z.coerce.number().default(0).describe('Added after scaling, in the unit of the quantity.'),
    sentinels: z.array(z.coerce.number()).default([]).describe('Raw values, before scaling, that mean a fault.'),
  })
  .refine((e) => !COILS.includes(e.function) || e.type === 'bool', {
    error: 'functions 1 and 2 read single bits: want type bool',
    path: ['type'],
  })
  .refine((e) => e.address + REGISTERS_OF[e.type] <= 0x10000, { error: 'ends past 65535', path: ['address'] })

export type RegisterEntry = z.infer<typeof entry>

const registers = z.array(entry).min(1)

/**
 * A device's registers as its manual lists them, written in YAML: a list, or `{ registers: [...] }`. A command line hands
 * it in as JSON text.
 */
export const registerMap = z.preprocess(unfold, registers)

/** How many registers (or coils) the entry takes. */
export function width(entry: Pick<RegisterEntry, 'type'>): number {
  return REGISTERS_OF[entry.type]
}

/** Whether a function reads coils or discrete inputs, one bit each, and not registers. */
export function readsBits(fn: number): boolean {
  return COILS.includes(fn)
}

/** The channel of the entry's readings. */
export function channelOf({ channel, name }: RegisterEntry): string | undefined {
  return channel ?? name
}

/** Text that is not JSON goes on as it is, and the schema says what is wrong with it. */
function unfold(given: unknown): unknown {
  const value = typeof given === 'string' ? parseJson(given) : given
  return isWrapped(value) ? value.registers : value
}

function isWrapped(value: unknown): value is { registers: unknown } {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'registers'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
