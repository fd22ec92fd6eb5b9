import { isoTime, OpsError, type Topic, type WaytraceEvent } from '@waytrace/standard'
import type { RawRecord } from '@waytrace/standard/journal'
import type { Enrolment } from '@waytrace/store'
import type { IngestState, StatusState } from '../state.ts'
import { deviceOf } from './identity.ts'
import { jsonItems, MAX_DEPTH } from './json-items.ts'
import { digest, nameId, ownFact } from './own-fact.ts'

export interface StatusNews {
  event: WaytraceEvent
  /** An agent announced itself: marks, config and commands are sent to it again. */
  birth: boolean
}

export interface Statuses {
  /** The health fact of a status message; undefined for a repeat or a will of an earlier boot. Throws `OpsError`. */
  read(record: RawRecord, topic: Extract<Topic, { what: 'status' }>, enrolment: Enrolment): StatusNews | undefined
  /** What changed since the last seal; `write` inside the state's transaction, in the order of sealing. */
  seal(): { write(): void; written(): void }
  discard(): void
}

/** States in which silence means nothing bad (Homie's names). */
const WELL = new Set(['init', 'ready', 'sleeping'])
const STATES = new Set([...WELL, 'disconnected', 'lost', 'alert'])

/** Turns births, wills and device states into health events, so that everything known follows from the log alone. */
export function statuses({ statuses: table, spool }: Pick<IngestState, 'statuses' | 'spool'>): Statuses {
  /** Not on disk yet. */
  const recent = new Map<string, StatusState>()
  let changed = new Map<string, StatusState>()

  return {
    read(record, topic, enrolment) {
      if (record.payload.length === 0) return undefined
      const device = deviceOf(enrolment, topic.kind, topic.device)
      if (device === undefined)
        throw new OpsError('IDENTITY_MISMATCH', `device ${topic.kind}/${topic.device} is not enrolled`)
      const status = readStatus(record.payload)
      const before = recent.get(record.topic) ?? table.get(record.topic)
      const payload = digest(record.payload)
      // A retained copy, sent again when ingest subscribed again.
      if (before?.payload === payload) return undefined
      const self = topic.kind === 'agent' && topic.device === 'self'
      const { state, bootid, time, ...rest } = status
      // A will is fixed at connect: a late one must not mark a live agent dead (Sparkplug's bdSeq rule).
      if (self && state === 'lost' && before?.bootid !== undefined && bootid !== before.bootid) return undefined
      const chain = digest(before?.chain ?? spool, payload)
      const event = ownFact(
        {
          id: nameId(record.topic, chain),
          type: 'waytrace.health.v1',
          source: enrolment.sourceUrn,
          deviceid: device,
          severitynumber: WELL.has(state) ? 9 : 13,
          // The loss is noticed here; its message was written when the agent connected.
          ...(state !== 'lost' && isoTime.safeParse(time).success ? { time: String(time) } : {}),
          data: {
            ...rest,
            state: WELL.has(state) ? 'ok' : 'degraded',
            presence: state,
            ...(typeof bootid === 'string' ? { bootid } : {}),
          },
        },
        record.receivedAt,
        spool,
      )
      const birth = self && WELL.has(state)
      const boot = birth && typeof bootid === 'string' ? bootid : before?.bootid
      const now = boot === undefined ? { payload, chain } : { payload, chain, bootid: boot }
      recent.set(record.topic, now)
      changed.set(record.topic, now)
      return { event, birth }
    },
    seal() {
      const sealed = changed
      changed = new Map()
      return {
        write() {
          for (const [topic, state] of sealed) void table.put(topic, state)
        },
        written() {
          for (const [topic, state] of sealed) if (recent.get(topic) === state) recent.delete(topic)
        },
      }
    },
    discard() {
      recent.clear()
      changed = new Map()
    },
  }
}

function readStatus(
  payload: Uint8Array,
): { state: string; bootid?: unknown; time?: unknown } & Record<string, unknown> {
  const value = readObject(payload)
  const { state } = value
  if (typeof state === 'string' && STATES.has(state)) return { ...value, state }
  throw new OpsError('EVENT_INVALID', `state: one of ${[...STATES].join(', ')} is due`, {
    issues: [{ path: 'state', message: 'not a known state' }],
  })
}

/** A JSON object, at most `MAX_DEPTH` levels deep: it is written again later. Throws `OpsError('EVENT_INVALID')`. */
export function readObject(payload: Uint8Array): Record<string, unknown> {
  if (jsonItems(payload) === undefined) {
    const message = `nested deeper than ${MAX_DEPTH} levels`
    throw new OpsError('EVENT_INVALID', message, { issues: [{ path: '', message }] })
  }
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'))
  } catch (cause) {
    throw new OpsError('EVENT_INVALID', 'not JSON in UTF-8', { cause, issues: [{ path: '', message: 'not JSON' }] })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new OpsError('EVENT_INVALID', 'a JSON object is due', { issues: [{ path: '', message: 'not an object' }] })
}
