import type { EventFacts, Measurement } from '../event-facts.ts'
import { timeMs } from '../event-facts.ts'
import type { AcceptedEvent, DeviceView } from '../ports.ts'

/** A device as it is kept. */
export interface DeviceState extends DeviceView {
  /** UTC ms of the event that last said the state: an older one does not change it. */
  stateMs: number
  lastMs: number
  bootid?: string
}

type Presence = DeviceView['state']
const PRESENCES: readonly string[] = ['ready', 'unknown', 'lost', 'sleeping', 'alert', 'disconnected', 'init']
/** Of an agent's health event: what the device page shows of it. */
const HEALTH_VALUES = {
  spoolDepth: 'wt:SpoolDepth',
  spoolBytes: 'wt:SpoolBytes',
  dropped: 'wt:Dropped',
  deadLettered: 'wt:DeadLettered',
  clockOffsetMs: 'wt:ClockOffset',
  cpuPercent: 'wt:CpuLoad',
  memoryBytes: 'wt:MemoryUse',
} as const

export function newDevice(urn: string, { site, agent, event }: AcceptedEvent): DeviceState {
  const own = urn === event.source
  const kind = !own ? 'unknown' : urn.startsWith('urn:waytrace:') ? 'part' : 'agent'
  const slug = own ? 'self' : (urn.split(/[/:.]/).at(-1) ?? urn)
  return { device: urn, site, agent, kind, slug, state: 'init', values: [], stateMs: 0, lastMs: 0 }
}

/** The device after an event of its own. Backfill never overwrites what is newer. */
export function reduceDevice(
  before: DeviceState,
  { event, receivedAt }: AcceptedEvent,
  facts: EventFacts,
  measured: readonly Measurement[],
): DeviceState {
  const next = { ...before, lastReceivedAt: Math.max(receivedAt, before.lastReceivedAt ?? 0) }
  if (facts.ms >= before.lastMs) {
    next.lastMs = facts.ms
    next.lastEventAt = facts.at
    if (event.backfill !== true && facts.ms >= before.stateMs && ['unknown', 'init'].includes(before.state))
      next.state = 'ready'
  }
  const own = measured.filter(({ device }) => device === before.device)
  if (own.length > 0) next.values = withValues(before.values, own)
  return next
}

/** The agent or device after a health event. Undefined presence: the minute's report, which changes no state. */
export function reduceHealth(before: DeviceState, accepted: AcceptedEvent, facts: EventFacts): DeviceState {
  const next: DeviceState = { ...before, lastReceivedAt: Math.max(accepted.receivedAt, before.lastReceivedAt ?? 0) }
  const { event } = accepted
  if (event.type !== 'waytrace.health.v1') return next
  if (facts.ms >= before.lastMs) {
    next.lastMs = facts.ms
    next.lastEventAt = facts.at
    const { reasons } = event.data
    if (event.data.state === 'degraded') next.reasons = reasons ?? ['degraded']
    else delete next.reasons
    const values = Object.entries(HEALTH_VALUES).flatMap(([name, type]) => {
      const value = event.data[name]
      return typeof value === 'number' ? [{ device: before.device, at: facts.at, type, channel: '', value }] : []
    })
    if (values.length > 0) next.values = withValues(before.values, values)
  }
  const presence = presenceOf(event.data.presence)
  if (presence === undefined || facts.ms < before.stateMs) return next
  const { bootid } = event.data
  // A will is fixed when the connection is made: one of an earlier boot says nothing about this one.
  if (presence === 'lost' && bootid !== undefined && before.bootid !== undefined && bootid !== before.bootid)
    return next
  next.state = presence
  next.stateMs = facts.ms
  if (bootid !== undefined) next.bootid = bootid
  return next
}

/** What an agent's birth says of one of its devices. */
export function reduceBirth(
  before: DeviceState,
  { kind, slug, place, ms }: { kind?: string; slug?: string; place?: string; ms: number },
): DeviceState {
  const next = { ...before }
  if (kind !== undefined) next.kind = kind
  if (slug !== undefined) next.slug = slug
  if (place !== undefined) next.place = place
  if (ms >= before.stateMs && before.state === 'unknown') {
    next.state = 'init'
    next.stateMs = ms
  }
  return next
}

/** Silence is not health: a lost agent says nothing of its devices. */
export function withAgentLost(before: DeviceState, ms: number): DeviceState {
  return ms < before.stateMs ? before : { ...before, state: 'unknown', stateMs: ms }
}

export function deviceView({ stateMs: _, lastMs: __, bootid: ___, ...view }: DeviceState): DeviceView {
  return view
}

export function presenceOf(value: unknown): Presence | undefined {
  return typeof value === 'string' && PRESENCES.includes(value) ? (value as Presence) : undefined
}

function withValues(values: DeviceView['values'], measured: readonly Measurement[]): DeviceView['values'] {
  const next = values.slice()
  for (const { type, channel, at, value, unit, exception } of measured) {
    const index = next.findIndex((v) => v.type === type && v.channel === channel)
    const held = next[index]
    if (held !== undefined && (timeMs(held.at) ?? 0) > (timeMs(at) ?? 0)) continue
    const entry: DeviceView['values'][number] = { type, channel, at }
    if (value !== undefined) entry.value = value
    if (unit !== undefined) entry.unit = unit
    if (exception !== undefined) entry.exception = exception
    if (index < 0) next.push(entry)
    else next[index] = entry
  }
  return next.length > MAX_VALUES ? next.slice(-MAX_VALUES) : next
}

/** A device that invents channels must not grow its row for ever. */
const MAX_VALUES = 200
