import type { Node } from '@waytrace/standard'
import { eventMs, measurements, timeMs } from './event-facts.ts'
import type { AcceptedEvent, EventStore, Knowledge, OrderView } from './ports.ts'

/** What `waytrace order --json` prints: one order with everything that is known of it. */
export interface OrderTimeline {
  order: string
  nodes: TimelineNode[]
  readings: TimelineReading[]
  incidents: TimelineIncident[]
  decisions: TimelineDecision[]
  /** Exceptions and other facts that are no nodes. */
  notes: { at: string; kind: string; text: string }[]
  /** The temperature range the label or the order states, deg C. */
  limits?: { minC?: number; maxC?: number }
  customer?: string
  profile?: string
  promisedBy?: string
}

export interface TimelineNode {
  node: Node
  at?: string
  expectedAt?: string
  device?: string
  operator?: string
  place?: string
}

export interface TimelineReading {
  at: string
  device: string
  type: string
  channel: string
  value?: number | boolean | string
  unit?: string
  exception?: string
  /** What joined the reading to the order: the place, vehicle or package both were in, or `event` when it names the order. */
  through: string
}

export interface TimelineIncident {
  incidentId: string
  state: string
  since: string
  at: string
  cause: Record<string, string>
}

export interface TimelineDecision {
  decisionId: string
  at: string
  from: string
  to: string
  why: string
}

export interface TimelineOptions {
  /** At most this many readings, default 5,000: those with an exception first, then the newest. */
  readings?: number
}

/** The timeline of an order by number or URI; undefined when nobody has heard of it. */
export async function orderTimeline(
  { orders, custody }: Pick<Knowledge, 'orders' | 'custody'>,
  events: Pick<EventStore, 'eventsOfOrder' | 'readings'>,
  order: string,
  { readings: limit = 5_000 }: TimelineOptions = {},
): Promise<OrderTimeline | undefined> {
  const view = orders.order(order)
  if (view === undefined) return undefined
  const named = await events.eventsOfOrder(view.uri)
  const readings = [...readingsThatName(named), ...(await readingsOfSensors(custody, events, view, limit))]
  const { customer, profile, promisedBy, limits } = view
  return {
    order: view.order,
    nodes: view.nodes.map(({ position: _, again: __, ...node }) => node),
    readings: bounded(inTimeOrder(readings), limit),
    incidents: incidentsOf(named),
    decisions: decisionsOf(named),
    notes: view.notes.map(({ position: _, ...note }) => note),
    ...(limits === undefined ? {} : { limits }),
    ...(customer === undefined ? {} : { customer }),
    ...(profile === undefined ? {} : { profile }),
    ...(promisedBy === undefined ? {} : { promisedBy }),
  }
}

/** Readings of every sensor that shared a place, vehicle or package with the order, while it did. */
async function readingsOfSensors(
  custody: Knowledge['custody'],
  events: Pick<EventStore, 'readings'>,
  { uri, nodes }: OrderView,
  limit: number,
): Promise<TimelineReading[]> {
  // What is put away is delivered: the room it lies in from now on is no longer the order's.
  const delivered = timeMs(nodes.find(({ node }) => node === 'put_away')?.at ?? '') ?? Number.MAX_SAFE_INTEGER
  const watches = custody.sensorsOfOrder(uri).filter(({ from }) => from <= delivered)
  const found = await Promise.all(
    watches.map(async ({ device, through, from, to }) => {
      const points = await events.readings({ device, from, to: Math.min(delivered, to ?? delivered) })
      return points.slice(-limit).map(({ at, type, channel, value, unit, exception }) => {
        const reading: TimelineReading = { at: new Date(at).toISOString(), device, type, channel, through }
        if (value !== undefined) reading.value = value
        if (unit !== undefined) reading.unit = unit
        if (exception !== undefined) reading.exception = exception
        return reading
      })
    }),
  )
  return found.flat()
}

function readingsThatName(events: readonly AcceptedEvent[]): TimelineReading[] {
  return events.flatMap((accepted) =>
    measurements(accepted.event).map((measurement) => ({
      ...measurement,
      at: new Date(timeMs(measurement.at) ?? eventMs(accepted)).toISOString(),
      through: 'event',
    })),
  )
}

/** Each reading once: what joined it first stays. */
function inTimeOrder(readings: readonly TimelineReading[]): TimelineReading[] {
  const seen = new Map<string, TimelineReading>()
  for (const reading of readings) {
    const key = `${reading.at}\t${reading.device}\t${reading.type}\t${reading.channel}`
    if (!seen.has(key)) seen.set(key, reading)
  }
  return [...seen.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/** What is wrong is never left out for being old. */
function bounded(readings: readonly TimelineReading[], limit: number): TimelineReading[] {
  let free = limit - readings.filter(({ exception }) => exception !== undefined).length
  // From the newest back: a failed reading always, another one while there is room.
  const kept = [...readings].reverse().filter(({ exception }) => exception !== undefined || free-- > 0)
  return kept.reverse()
}

/** The newest state of each incident that has the order among its members. */
function incidentsOf(events: readonly AcceptedEvent[]): TimelineIncident[] {
  const newest = new Map<string, TimelineIncident>()
  for (const { event } of events) {
    if (event.type !== 'waytrace.incident.v1') continue
    const { incidentId, state, since, cause } = event.data
    newest.set(incidentId, { incidentId, state, since, at: event.time, cause })
  }
  return [...newest.values()]
}

function decisionsOf(events: readonly AcceptedEvent[]): TimelineDecision[] {
  return events.flatMap(({ event }) => {
    if (event.type !== 'waytrace.decision.v1') return []
    const { decisionId, from, to, why } = event.data
    return [{ decisionId, at: event.time, from, to, why }]
  })
}
