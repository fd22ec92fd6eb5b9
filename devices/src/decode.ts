import { OpsError } from '@waytrace/standard'
import { type Driver, type FrameContext, type Observation, parseOptions } from './driver.ts'
import { drivers } from './registry.generated.ts'

/** A frame as a person gives it: bytes, hex digits (blanks ignored) or text (UTF-8, `\xHH` for a byte such as `\x1d`). */
export type Frame = { bytes: Uint8Array } | { hex: string } | { text: string }

export interface DecodeRequest {
  driver: string
  frame: Frame
  /** Options as text, e.g. from `--option fPort=2`; what the driver has no option for may be a field of the context. */
  options?: Readonly<Record<string, string>>
  context: FrameContext
}

/** Options that are context where a driver takes them from its link. */
const CONTEXT_OPTIONS: Record<string, 'address' | 'port'> = {
  fPort: 'port',
  port: 'port',
  mac: 'address',
  address: 'address',
}

/**
 * One frame by a driver's name. Throws NOT_FOUND for an unknown driver, INPUT_INVALID for bad hex, OPTIONS_INVALID, and
 * FRAME_MALFORMED as the driver does.
 */
export function decode({ driver: name, frame, options = {}, context }: DecodeRequest): Observation[] {
  const driver = driverNamed(name)
  const given = fromText(driver, options)
  return driver.decode(frameBytes(frame), { ...context, ...given.context }, parseOptions(driver, given.options))
}

/** The driver of this name. Throws NOT_FOUND, naming those there are. */
export function driverNamed(name: string): Driver<unknown> {
  const driver = Object.hasOwn(drivers, name) ? drivers[name] : undefined
  if (driver === undefined) {
    throw new OpsError('NOT_FOUND', `no driver ${name}; there are ${Object.keys(drivers).join(', ')}`)
  }
  return driver
}

export function frameBytes(frame: Frame): Uint8Array {
  if ('bytes' in frame) return frame.bytes
  if ('hex' in frame) return fromHex(frame.hex)
  // \x is no escape of JSON, so JSON texts pass unchanged. Escaped bytes stand for themselves, also above 0x7f.
  const pieces = frame.text.split(/\\x([0-9a-fA-F]{2})/)
  return Uint8Array.from(
    pieces.flatMap((piece, i) => (i % 2 === 1 ? [Number.parseInt(piece, 16)] : [...new TextEncoder().encode(piece)])),
  )
}

function fromHex(hex: string): Uint8Array {
  const digits = hex.replaceAll(/\s/g, '')
  if (!/^([0-9a-fA-F]{2})*$/.test(digits)) throw new OpsError('INPUT_INVALID', 'want an even number of hex digits')
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** Gives texts the types the driver's schema asks for: first as they are, then those it refuses as JSON. */
function fromText(driver: Driver<unknown>, texts: Readonly<Record<string, string>>) {
  const options: Record<string, unknown> = { ...texts }
  const context: Partial<FrameContext> = {}
  const parsed = driver.options.safeParse(options)
  for (const issue of parsed.error?.issues ?? []) {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : []
    for (const key of unknown) if (moveToContext(context, key, texts[key] ?? '')) delete options[key]
    const key = issue.path[0]
    if (typeof key === 'string' && typeof options[key] === 'string') options[key] = json(options[key])
  }
  return { options, context }
}

function moveToContext(context: Partial<FrameContext>, key: string, text: string): boolean {
  const field = CONTEXT_OPTIONS[key]
  if (field === undefined) return false
  if (field === 'address') context.address = text
  else if (/^\d+$/.test(text)) context.port = Number(text)
  else throw new OpsError('OPTIONS_INVALID', `${key}: want a number, got ${text}`)
  return true
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
