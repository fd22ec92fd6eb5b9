import { isEpcis, orderNumber } from '@waytrace/standard'
import { encodeLogRecord } from '@waytrace/standard/journal'
import { type EventFacts, eventFacts, readingPoints } from '../../event-facts.ts'
import { fnv1a } from '../../keys.ts'
import type { AcceptedEvent } from '../../ports.ts'
import { type Field, line, pointTime } from './line-protocol.ts'

/** Never changed: the tag of every point ever written depends on it. */
const BUCKETS = 4096
/** An event that names more orders than this is stored once, apart, and its order points refer to it. */
const INLINE_ORDERS = 4

/** The only tag of `order_event`: orders share buckets, so that the number of series stays bounded. */
export function orderBucket(order: string): string {
  return String(fnv1a(orderNumber(order)) % BUCKETS).padStart(4, '0')
}

/** A point whose number is not known yet. */
type Draft = (number: number) => string

/**
 * The points of one event, always the same ones in the same order. `isFirst` says that this is the first event that
 * names an order: it brings the order's point of `order_index`.
 */
export function pointsOf(accepted: AcceptedEvent, isFirst: (order: string) => boolean): Draft[] {
  const facts = eventFacts(accepted)
  const points: Draft[] = [
    (number) =>
      line(
        'event',
        {},
        { position: integer(accepted.position), type: accepted.event.type },
        pointTime(facts.ms, number),
      ),
  ]
  points.push(...orderPoints(accepted, facts, isFirst))
  for (const { at, device, channel, type, value, unit, exception } of readingPoints(accepted))
    points.push((number) =>
      line(
        'reading',
        { device, channel, type, site: accepted.site },
        {
          value: value === undefined ? undefined : { float: value },
          unit,
          exception,
          position: integer(accepted.position),
        },
        pointTime(at, number),
      ),
    )
  points.push(...ownFactPoints(accepted, facts))
  return points
}

function orderPoints(accepted: AcceptedEvent, facts: EventFacts, isFirst: (order: string) => boolean): Draft[] {
  const { position, site } = accepted
  if (facts.orders.length === 0) return []
  const points: Draft[] = []
  const text = bodyText(accepted)
  const inline = facts.orders.length <= INLINE_ORDERS
  const bodyBucket = orderBucket(facts.orders[0] ?? '')
  let bodyNumber = 0
  if (!inline)
    points.push((number) => {
      bodyNumber = number
      return line(
        'order_body',
        { order_bucket: bodyBucket },
        { event: text, position: integer(position) },
        pointTime(facts.ms, number),
      )
    })
  for (const uri of facts.orders) {
    const order = orderNumber(uri)
    const bucket = orderBucket(order)
    points.push((number) =>
      line(
        'order_event',
        { order_bucket: bucket },
        {
          order,
          position: integer(position),
          site,
          device: facts.device,
          operator: facts.operator,
          // The step says more than the node only where there is no node; each field costs a series per bucket.
          ...(facts.node === undefined ? { step: facts.step } : { node: facts.node }),
          place: facts.place,
          ...(inline ? { event: text } : { body: `${bodyBucket} ${pointTime(facts.ms, bodyNumber)}` }),
        },
        pointTime(facts.ms, number),
      ),
    )
    if (isFirst(uri)) points.push((number) => line('order_index', {}, { order, bucket }, pointTime(facts.ms, number)))
  }
  return points
}

/** What Waytrace itself concluded, for boards. */
function ownFactPoints({ event, position, site, agent }: AcceptedEvent, { ms }: EventFacts): Draft[] {
  if (isEpcis(event)) return []
  const point = (
    measurement: string,
    tags: Record<string, string | undefined>,
    fields: Record<string, Field | undefined>,
  ): Draft[] => [(number) => line(measurement, tags, { ...fields, position: integer(position) }, pointTime(ms, number))]
  switch (event.type) {
    case 'waytrace.alarm.v1': {
      const { alarmId, kind, entity, state, since, severity, message } = event.data
      return point(
        'alarm',
        { kind, severity },
        { alarm: alarmId, entity, state, since, message, active: state !== 'cleared' },
      )
    }
    case 'waytrace.incident.v1': {
      const { incidentId, state, since, cause, members } = event.data
      return point(
        'incident',
        {},
        { incident: incidentId, state, since, cause: JSON.stringify(cause), members: integer(members.length) },
      )
    }
    case 'waytrace.decision.v1': {
      const { decisionId, order, from, to, why } = event.data
      return point(
        'decision',
        { order_bucket: orderBucket(order) },
        { decision: decisionId, order: orderNumber(order), from, to, why },
      )
    }
    case 'waytrace.health.v1': {
      const { data } = event
      return point(
        'pipeline',
        { site, agent },
        {
          state: data.state,
          presence: typeof data.presence === 'string' ? data.presence : undefined,
          spool_depth: optionalInteger(data.spoolDepth),
          spool_bytes: optionalInteger(data.spoolBytes),
          dropped: optionalInteger(data.dropped),
          dead_lettered: optionalInteger(data.deadLettered),
          memory_bytes: optionalInteger(data.memoryBytes),
          clock_offset_ms: optionalFloat(data.clockOffsetMs),
          cpu_percent: optionalFloat(data.cpuPercent),
        },
      )
    }
    default:
      return []
  }
}

function bodyText({ bytes, receivedAt, site, agent, event }: AcceptedEvent): string {
  return Buffer.from(bytes ?? encodeLogRecord({ receivedAt, site, agent, event })).toString('utf8')
}

function integer(value: number): Field {
  return { integer: value }
}

function optionalInteger(value: number | undefined): Field | undefined {
  return value === undefined ? undefined : { integer: value }
}

function optionalFloat(value: number | undefined): Field | undefined {
  return value === undefined ? undefined : { float: value }
}
