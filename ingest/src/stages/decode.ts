import { type Issue, OpsError, tryEvent, type WaytraceEvent } from '@waytrace/standard'
import type { Place, Refused } from './judged.ts'

export type Decoded = { ok: true; event: WaytraceEvent } | ({ ok: false; place?: Place } & Refused)

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Deeper values would overflow the stack of whoever walks them later. Events of ours nest to 8. */
const MAX_DEPTH = 64
/** A shorter payload cannot hold more than this many levels that any consumer minds. */
const SHALLOW_BYTES = 2048

/**
 * The events of one message. `batch`: an array is allowed, and each of its items stands or falls alone. Never throws:
 * what is no event comes back with its bytes, and with its place in the spool if that could be read.
 */
export function decode(payload: Uint8Array, batch: boolean): Decoded[] {
  const json = readJson(payload)
  if (json instanceof OpsError) return [{ ok: false, error: json, payload }]
  if (!Array.isArray(json)) return [judge(json, () => payload)]
  if (!batch)
    return [{ ok: false, error: invalid('an array where one event is due: batches go to agent/self/batch'), payload }]
  if (json.length === 0) return [{ ok: false, error: invalid('an empty batch'), payload }]
  return json.map((value) => judge(value, () => Buffer.from(JSON.stringify(value))))
}

/** The place an unchecked value claims in its spool. */
export function placeOf(value: unknown): Place | undefined {
  if (typeof value !== 'object' || value === null || !('spool' in value) || !('sequence' in value)) return undefined
  const { spool, sequence } = value
  if (typeof spool !== 'string' || spool.length === 0 || spool.length > 64) return undefined
  const number = typeof sequence === 'string' ? sequenceNumber(sequence) : undefined
  return number === undefined ? undefined : { spool, sequence: number }
}

/** The number in a 20-digit sequence; undefined beyond 2^53, which no spool reaches. */
export function sequenceNumber(sequence: string): number | undefined {
  const number = /^\d{20}$/.test(sequence) ? Number(sequence) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}

function judge(value: unknown, payload: () => Uint8Array): Decoded {
  const result = tryEvent(value)
  if (result.ok) {
    if (sequenceNumber(result.value.sequence) !== undefined) return { ok: true, event: result.value }
    return { ok: false, error: invalid('a sequence beyond 2^53', 'sequence'), payload: payload() }
  }
  const place = placeOf(value)
  const [first] = result.issues
  const error = new OpsError('EVENT_INVALID', `${first?.path || 'event'}: ${first?.message}`, { issues: result.issues })
  return place === undefined
    ? { ok: false, error, payload: payload() }
    : { ok: false, error, place, payload: payload() }
}

function readJson(payload: Uint8Array): unknown {
  if (payload.length > SHALLOW_BYTES && tooDeep(payload)) return invalid(`nested deeper than ${MAX_DEPTH} levels`)
  try {
    return JSON.parse(utf8.decode(payload))
  } catch (cause) {
    return new OpsError('EVENT_INVALID', 'not JSON in UTF-8', {
      cause,
      issues: [{ path: '', message: 'not JSON in UTF-8' }],
    })
  }
}

/** Counts brackets outside strings; 1 ns a byte, before a parser builds what nobody may walk. */
function tooDeep(bytes: Uint8Array): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === 0x22) inString = !inString
    else if (inString) {
      if (byte === 0x5c) i++
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_DEPTH) return true
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  return false
}

function invalid(message: string, path = ''): OpsError {
  const issues: Issue[] = [{ path, message }]
  return new OpsError('EVENT_INVALID', message, { issues })
}
