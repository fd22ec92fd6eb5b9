import type { z } from 'zod'
import { type WaytraceEvent, waytraceEvent } from './envelope.ts'
import { type Issue, OpsError } from './errors.ts'

/** So many issues are kept of one event: a poisoned list must not fill the dead letters. */
const MAX_ISSUES = 20
const utf8 = new TextDecoder('utf-8', { fatal: true })

type Result<T> = { ok: true; value: T } | { ok: false; issues: Issue[] }

/** JSON text, its bytes, or a value already parsed, as an event. Throws `OpsError('EVENT_INVALID')` with its issues. */
export function parseEvent(input: Uint8Array | string): WaytraceEvent {
  return checkEvent(readJson(input))
}

/** One message's worth of events: a CloudEvents JSON batch (an array), or a single event. Each may fail by itself. */
export function parseBatch(input: Uint8Array | string): Result<WaytraceEvent>[] {
  const json = readJson(input)
  return Array.isArray(json) ? json.map(tryEvent) : [tryEvent(json)]
}

/** A value as an event. Throws `OpsError('EVENT_INVALID')`. */
export function checkEvent(value: unknown): WaytraceEvent {
  const result = tryEvent(value)
  if (result.ok) return result.value
  throw invalid(result.issues)
}

/** A value as an event, or what is wrong with it: the first 20 issues. */
export function tryEvent(value: unknown): Result<WaytraceEvent> {
  const parsed = waytraceEvent.safeParse(value)
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, issues: issuesOf(parsed.error) }
}

/** zod's issues in our form: path as `data.epcList.0`, unions by the message of their last branch, 20 at most. */
export function issuesOf(error: z.ZodError): Issue[] {
  const issues: Issue[] = []
  collect(error.issues, '', issues)
  return issues
}

function collect(found: readonly z.core.$ZodIssue[], base: string, issues: Issue[]): void {
  for (const issue of found) {
    if (issues.length >= MAX_ISSUES) return
    const path = [base, ...issue.path.map(String)].filter((part) => part !== '').join('.')
    const branch = issue.code === 'invalid_union' ? issue.errors.at(-1) : undefined
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys.slice(0, MAX_ISSUES - issues.length))
        issues.push({ path: path === '' ? key : `${path}.${key}`, message: 'not known here' })
    else if (branch !== undefined && branch.length > 0) collect(branch, path, issues)
    else issues.push({ path, message: issue.message })
  }
}

function invalid(issues: readonly Issue[], cause?: unknown): OpsError {
  const first = issues[0]
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return new OpsError('EVENT_INVALID', `${first?.path || 'event'}: ${first?.message}${more}`, { issues, cause })
}

function readJson(input: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof input === 'string' ? input : utf8.decode(input))
  } catch (cause) {
    throw invalid([{ path: '', message: 'not JSON in UTF-8' }], cause)
  }
}
