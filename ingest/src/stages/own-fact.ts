import { createHash } from 'node:crypto'
import { OpsError, tryEvent, type WaytraceEvent } from '@waytrace/standard'

/** What ingest fills in: who says it, and what. */
export interface FactDraft {
  /** Equal facts have equal ids, so a repeated read leaves one. */
  id: string
  type: 'waytrace.health.v1' | 'waytrace.command.v1' | 'waytrace.alarm.v1'
  source: string
  deviceid?: string
  /** ISO 8601; by default the receive time. */
  time?: string
  severitynumber?: number
  data: Record<string, unknown>
}

/** The sequence of a fact that is not numbered yet. */
export const UNNUMBERED = '0'.repeat(20)

/** A fact that ingest states itself. Throws `OpsError('EVENT_INVALID')` when what it was made of does not fit. */
export function ownFact(draft: FactDraft, receivedAt: number, spool: string): WaytraceEvent {
  const { id, type, source, deviceid, time, severitynumber, data } = draft
  const received = new Date(receivedAt).toISOString()
  const result = tryEvent({
    specversion: '1.0',
    id,
    source,
    type,
    time: time ?? received,
    tzoffset: '+00:00',
    recordedtime: received,
    spool,
    sequence: UNNUMBERED,
    ...(deviceid === undefined ? {} : { deviceid }),
    ...(severitynumber === undefined ? {} : { severitynumber }),
    data,
  })
  if (result.ok) return result.value
  const [first] = result.issues
  throw new OpsError('EVENT_INVALID', `${first?.path}: ${first?.message}`, { issues: result.issues })
}

/** A UUIDv8 (RFC 9562, 5.8) of what it names. */
export function nameId(...parts: string[]): string {
  const hex = digest(...parts)
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function digest(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\n')
  return hash.digest('hex').slice(0, 32)
}
