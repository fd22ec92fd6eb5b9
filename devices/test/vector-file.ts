import { existsSync, readFileSync } from 'node:fs'
import { OpsError } from '@waytrace/standard'
import type * as fc from 'fast-check'
import { z } from 'zod'
import { type Driver, type FrameContext, type Observation, parseOptions } from '../src/driver.ts'

/** `receivedAt` of a vector that states none. Expected observations without `at` get the vector's `receivedAt`. */
export const RECEIVED_AT = Date.UTC(2026, 0, 15, 8, 0, 0)

const time = z.union([z.int(), z.iso.datetime({ offset: true }).transform((iso) => Date.parse(iso))])

const vectorSchema = z
  .strictObject({
    /** The test's title: what this frame shows. */
    why: z.string().min(1),
    /** Bytes in hex; blanks are ignored. Or `text`, UTF-8. */
    frame: z.string().optional(),
    text: z.string().optional(),
    options: z.unknown().optional(),
    context: z
      .strictObject({ receivedAt: time.optional(), address: z.string().optional(), port: z.int().optional() })
      .optional(),
    /** Times as ms or ISO text; `at` left out means the time of reception. */
    observations: z.array(z.looseObject({ kind: z.string(), at: time.optional() })).optional(),
    error: z.enum(['FRAME_MALFORMED', 'OPTIONS_INVALID']).optional(),
    /** Part of the message, where it must name the place. */
    message: z.string().optional(),
    /** `bytes`: encoding the observations gives this very frame. `none`: they cannot be encoded. */
    encode: z.enum(['bytes', 'observations', 'none']).default('observations'),
  })
  .refine((v) => (v.frame === undefined) !== (v.text === undefined), { error: 'either frame or text' })
  .refine((v) => (v.observations === undefined) !== (v.error === undefined), { error: 'either observations or error' })

const fileSchema = z.union([
  z.array(vectorSchema),
  z.strictObject({ source: z.string().optional(), vectors: z.array(vectorSchema) }).transform((file) => file.vectors),
])

export interface Vector {
  why: string
  bytes: Uint8Array
  options: unknown
  context: FrameContext
  observations?: Observation[]
  error?: 'FRAME_MALFORMED' | 'OPTIONS_INVALID'
  message?: string
  encode: 'bytes' | 'observations' | 'none'
}

/** What `<model>.arbitrary.ts` exports as `arbitrary`: observations that `encode` can write and `decode` must give back. */
export interface Encodable {
  observations: Observation[]
  options?: unknown
  context?: FrameContext
}

export type EncodableArbitrary = fc.Arbitrary<Encodable>

const FOLDERS = ['scanners', 'cold-chain', 'vehicles']

/** The vectors beside the driver file of this model. Throws with every problem of the file. */
export function readVectors(model: string): Vector[] {
  const file = beside(model, '.vectors.json')
  if (file === undefined) throw new Error(`no ${model}.vectors.json beside the driver`)
  const parsed = fileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!parsed.success) throw new Error(`${model}.vectors.json: ${z.prettifyError(parsed.error)}`)
  return parsed.data.map(toVector)
}

/** The driver's own arbitrary, from `<model>.arbitrary.ts` beside it, if there is one. */
export async function readArbitrary(model: string): Promise<EncodableArbitrary | undefined> {
  const file = beside(model, '.arbitrary.ts')
  if (file === undefined) return undefined
  const module = (await import(file.href)) as { arbitrary?: EncodableArbitrary }
  if (module.arbitrary === undefined) throw new Error(`${model}.arbitrary.ts exports no arbitrary`)
  return module.arbitrary
}

/** Whether the driver's source file carries its model's name. */
export function hasSource(model: string): boolean {
  return beside(model, '.ts') !== undefined
}

/** The frame as a view at a non-zero offset between foreign bytes: a decoder that ignores byteOffset reads those. */
export function embedded(bytes: Uint8Array): Uint8Array {
  const around = new Uint8Array(bytes.length + 20).fill(0xa5)
  around.set(bytes, 7)
  return around.subarray(7, 7 + bytes.length)
}

/** The driver on one frame: its observations, or the error it threw when that is an OpsError. */
export function attempt(
  driver: Driver<unknown>,
  bytes: Uint8Array,
  { options, context }: { options: unknown; context: FrameContext },
): Observation[] | OpsError {
  try {
    return driver.decode(embedded(bytes), context, parseOptions(driver, options))
  } catch (error) {
    if (error instanceof OpsError) return error
    throw error
  }
}

function beside(model: string, suffix: string): URL | undefined {
  return FOLDERS.map((folder) => new URL(`../src/${folder}/${model}${suffix}`, import.meta.url)).find((url) =>
    existsSync(url),
  )
}

function toVector(vector: z.infer<typeof vectorSchema>): Vector {
  const { why, frame, text, options = {}, context = {}, observations, error, message, encode } = vector
  const receivedAt = context.receivedAt ?? RECEIVED_AT
  return {
    why,
    bytes: frame === undefined ? new TextEncoder().encode(text) : fromHex(frame),
    options,
    context: {
      receivedAt,
      ...(context.address === undefined ? {} : { address: context.address }),
      ...(context.port === undefined ? {} : { port: context.port }),
    },
    ...(observations && { observations: observations.map((o) => ({ ...o, at: o.at ?? receivedAt }) as Observation) }),
    ...(error && { error }),
    ...(message !== undefined && { message }),
    encode,
  }
}

function fromHex(hex: string): Uint8Array {
  const digits = hex.replaceAll(/\s/g, '')
  if (!/^([0-9a-fA-F]{2})*$/.test(digits)) throw new Error(`not hex: ${hex}`)
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
