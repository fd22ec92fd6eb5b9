import type { AlarmKind, Severity, Signal } from './signal.ts'

/** The data of a `waytrace.alarm.v1` event. Times are ISO strings as events carry them. */
export interface AlarmFact {
  alarmId: string
  kind: AlarmKind
  entity: string
  state: 'raised' | 'updated' | 'cleared' | 'acknowledged'
  at: string
  since: string
  severity: Severity
  message: string
  /** How often it was raised within the chattering time before. */
  repeats?: number
  acknowledgedBy?: string
  note?: string
  /** Until when the acknowledgement holds. */
  acknowledgedUntil?: string
  details?: Record<string, unknown>
}

interface Alarm {
  id: string
  since: number
  raisedAt: number
  toldAt: number
  severity: Severity
  worth: string
  message: string
  details: Record<string, unknown>
  repeats: number
  acknowledged?: { by: string; note?: string; until?: number }
}

/** Every active alarm by kind and entity, and what was cleared of late. Plain JSON. */
export interface AlarmBook {
  active: Record<string, Alarm>
  /** When it was last cleared and how often it came lately: for chattering, by kind and entity. */
  cleared: Record<string, { at: number; repeats: number }>
}

export const newAlarmBook = (): AlarmBook => ({ active: {}, cleared: {} })

const RANK: Record<Severity, number> = { info: 0, warning: 1, error: 2, fatal: 3 }
/** News of a standing alarm is told this often at most, unless it gets graver. */
const UPDATE_MS = 5 * 60_000
/** An alarm that comes back within this time is the same trouble again. */
const CHATTER_MS = 60 * 60_000

/** Takes a rule's signal in: what is to be told, or nothing. One active alarm per entity and kind. */
export function applySignal(book: AlarmBook, signal: Signal): AlarmFact | undefined {
  const key = `${signal.kind} ${signal.entity}`
  const alarm = book.active[key]
  if (!signal.active) return alarm === undefined ? undefined : clear(book, key, alarm, signal)
  if (alarm === undefined) return raise(book, key, signal)
  const graver = RANK[signal.severity] > RANK[alarm.severity]
  const news = signal.worth !== alarm.worth && signal.at - alarm.toldAt >= UPDATE_MS
  alarm.details = signal.details
  alarm.message = signal.message
  if (!graver && !news) return undefined
  // It stays as grave as it was at its worst until it is cleared.
  if (graver) alarm.severity = signal.severity
  alarm.worth = signal.worth
  alarm.toldAt = signal.at
  return fact(signal.kind, signal.entity, alarm, 'updated', signal.at)
}

/** Somebody takes an alarm on. Undefined when it is not active: there is nothing to acknowledge. */
export function acknowledge(
  book: AlarmBook,
  { kind, entity }: { kind: AlarmKind; entity: string },
  { at, by, note, until }: { at: number; by: string; note?: string; until?: number },
): AlarmFact | undefined {
  const alarm = book.active[`${kind} ${entity}`]
  if (alarm === undefined) return undefined
  alarm.acknowledged = { by, ...(note === undefined ? {} : { note }), ...(until === undefined ? {} : { until }) }
  return fact(kind, entity, alarm, 'acknowledged', at)
}

/** Acknowledgements that have run out: those alarms are nobody's again. */
export function expireAcknowledgements(book: AlarmBook, now: number): AlarmFact[] {
  const facts: AlarmFact[] = []
  for (const [key, alarm] of Object.entries(book.active)) {
    const until = alarm.acknowledged?.until
    if (until === undefined || until > now) continue
    delete alarm.acknowledged
    facts.push(fact(...parts(key), alarm, 'updated', now))
  }
  for (const [key, { at }] of Object.entries(book.cleared)) if (now - at > CHATTER_MS) delete book.cleared[key]
  return facts
}

export function activeAlarms(book: AlarmBook): AlarmFact[] {
  return Object.entries(book.active).map(([key, alarm]) => fact(...parts(key), alarm, 'raised', alarm.raisedAt))
}

function raise(book: AlarmBook, key: string, signal: Signal): AlarmFact {
  const before = book.cleared[key]
  const repeats = before !== undefined && signal.at - before.at <= CHATTER_MS ? before.repeats + 1 : 0
  const { since, at, severity, worth, message, details } = signal
  const alarm: Alarm = {
    id: `urn:waytrace:alarm:${signal.kind}:${at.toString(36)}:${digest(signal.entity)}`,
    since,
    raisedAt: at,
    toldAt: at,
    severity,
    worth,
    message,
    details,
    repeats,
  }
  book.active[key] = alarm
  return fact(signal.kind, signal.entity, alarm, 'raised', at)
}

function clear(book: AlarmBook, key: string, alarm: Alarm, signal: Signal): AlarmFact {
  delete book.active[key]
  book.cleared[key] = { at: signal.at, repeats: alarm.repeats }
  const over = { ...alarm, message: signal.message, details: signal.details }
  return fact(signal.kind, signal.entity, over, 'cleared', signal.at)
}

function fact(kind: AlarmKind, entity: string, alarm: Alarm, state: AlarmFact['state'], at: number): AlarmFact {
  const { acknowledged, repeats } = alarm
  return {
    alarmId: alarm.id,
    kind,
    entity,
    state,
    at: iso(at),
    since: iso(alarm.since),
    severity: alarm.severity,
    message: alarm.message,
    ...(repeats > 0 ? { repeats } : {}),
    ...(acknowledged === undefined ? {} : { acknowledgedBy: acknowledged.by }),
    ...(acknowledged?.note === undefined ? {} : { note: acknowledged.note }),
    ...(acknowledged?.until === undefined ? {} : { acknowledgedUntil: iso(acknowledged.until) }),
    ...(Object.keys(alarm.details).length > 0 ? { details: alarm.details } : {}),
  }
}

const iso = (ms: number) => new Date(ms).toISOString()

function parts(key: string): [AlarmKind, string] {
  const space = key.indexOf(' ')
  return [key.slice(0, space) as AlarmKind, key.slice(space + 1)]
}

/** FNV-1a in 53 bits of two halves: short, and the same on every machine. */
function digest(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193]
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193)
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b)
  }
  return ((a >>> 0) * 0x200000 + ((b >>> 0) & 0x1fffff)).toString(36)
}
