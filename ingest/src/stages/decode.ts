import { isAscii, isUtf8 } from 'node:buffer'
import { type Issue, OpsError, tryEvent, type WaytraceEvent } from '@waytrace/standard'
import { jsonItems, MAX_DEPTH } from './json-items.ts'
import type { Place, Refused } from './judged.ts'

/** `json`: the event's own bytes, which the log keeps as they came. */
export type Decoded = { ok: true; event: WaytraceEvent; json: Uint8Array } | ({ ok: false; place?: Place } & Refused)

/**
 * The events of one message. `batch`: an array is allowed, and each of its items stands or falls alone. Never throws:
 * what is no event comes back with its bytes, and with its place in the spool if that could be read.
 */
export function decode(payload: Uint8Array, batch: boolean): Decoded[] {
  const refuse = (error: OpsError): Decoded[] => [{ ok: false, error, payload }]
  const items = jsonItems(payload)
  if (items === undefined) return refuse(invalid(`nested deeper than ${MAX_DEPTH} levels`))
  const json = readJson(payload)
  if (json instanceof OpsError) return refuse(json)
  if (!Array.isArray(json)) return [judge(json, payload)]
  if (!batch) return refuse(invalid('an array where one event is due: batches go to agent/self/batch'))
  if (json.length === 0) return refuse(invalid('an empty batch'))
  return json.map((value, i) => judge(value, items[i] ?? payload))
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

function judge(value: unknown, json: Uint8Array): Decoded {
  const result = tryEvent(value)
  if (result.ok) {
    if (sequenceNumber(result.value.sequence) !== undefined) return { ok: true, event: result.value, json }
    return { ok: false, error: invalid('a sequence beyond 2^53', 'sequence'), payload: json }
  }
  const place = placeOf(value)
  const [first] = result.issues
  const error = new OpsError('EVENT_INVALID', `${first?.path || 'event'}: ${first?.message}`, { issues: result.issues })
  return place === undefined ? { ok: false, error, payload: json } : { ok: false, error, place, payload: json }
}

function readJson(payload: Uint8Array): unknown {
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  try {
    // Mostly ASCII: one byte a character costs half the time and memory.
    if (isAscii(buffer)) return JSON.parse(buffer.toString('latin1'))
    if (isUtf8(buffer)) return JSON.parse(buffer.toString('utf8'))
    return invalid('not JSON in UTF-8')
  } catch (cause) {
    const issues = [{ path: '', message: 'not JSON in UTF-8' }]
    return new OpsError('EVENT_INVALID', 'not JSON in UTF-8', { cause, issues })
  }
}

function invalid(message: string, path = ''): OpsError {
  const issues: Issue[] = [{ path, message }]
  return new OpsError('EVENT_INVALID', message, { issues })
}
