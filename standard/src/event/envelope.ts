import { z } from 'zod'
import { epcisBodies } from './epcis-bodies.ts'
import { ownFactBodies } from './own-facts.ts'
import { isoTime, sequenceNumber, tzOffset, uri } from './primitives.ts'
import { deviceOf, ordersOf } from './projections.ts'

/** Event types that describe the world in EPCIS 2.0 terms, and the EPCIS class each one maps to. */
export const EPCIS_TYPES = {
  'waytrace.object.v1': 'ObjectEvent',
  'waytrace.aggregation.v1': 'AggregationEvent',
  'waytrace.transaction.v1': 'TransactionEvent',
  'waytrace.transformation.v1': 'TransformationEvent',
  'waytrace.association.v1': 'AssociationEvent',
} as const

/** What Waytrace itself concludes, does or notices: left out of EPCIS export. */
export const OWN_FACT_TYPES = [
  'waytrace.alarm.v1',
  'waytrace.incident.v1',
  'waytrace.decision.v1',
  'waytrace.approval.v1',
  'waytrace.command.v1',
  'waytrace.config.v1',
  'waytrace.case.v1',
  'waytrace.health.v1',
  'waytrace.gap.v1',
  'waytrace.audit.v1',
] as const

/** How `source` begins for facts made at the centre, which no device observed. */
const CENTRE = 'urn:waytrace:'

/** The CloudEvents 1.0 attributes of every event (structured JSON mode), without `type` and `data`. */
const attributes = {
  specversion: z.literal('1.0'),
  id: uri,
  /** The agent's URN, or `urn:waytrace:{deployment}:{part}` for facts made at the centre. */
  source: uri,
  subject: z.string().min(1).optional(),
  time: isoTime,
  tzoffset: tzOffset,
  datacontenttype: z.literal('application/json').optional(),
  dataschema: uri.optional(),
  recordedtime: isoTime,
  /** Counts without gaps per spool, 20 digits so that string order is number order. */
  sequence: sequenceNumber,
  spool: z.string().min(1).max(64),
  orderid: uri.optional(),
  deviceid: uri.optional(),
  severitynumber: z.int().min(1).max(24).optional(),
  severitytext: z.string().optional(),
  correlationid: z.string().optional(),
  causationid: z.string().optional(),
  traceparent: z.string().optional(),
  /** True when the event came from another EPCIS system rather than from a device of ours. */
  imported: z.boolean().optional(),
  /** True when an imported event had no eventID: `id` is then its CBV hash and export omits it. */
  noeventid: z.boolean().optional(),
  /** JSON text of the `@context` an imported event came with, so that export can give it back. */
  epciscontext: z.string().optional(),
  /** True when the event was sent late from a spool's backlog: it must not overwrite live values. */
  backfill: z.boolean().optional(),
}

function variant<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z.strictObject({ ...attributes, type: z.literal(type), data })
}

/** The whole event standard: one schema, every type inferred from it. */
export const waytraceEvent = z
  .discriminatedUnion('type', [
    variant('waytrace.object.v1', epcisBodies.object),
    variant('waytrace.aggregation.v1', epcisBodies.aggregation),
    variant('waytrace.transaction.v1', epcisBodies.transaction),
    variant('waytrace.transformation.v1', epcisBodies.transformation),
    variant('waytrace.association.v1', epcisBodies.association),
    variant('waytrace.alarm.v1', ownFactBodies.alarm),
    variant('waytrace.incident.v1', ownFactBodies.incident),
    variant('waytrace.decision.v1', ownFactBodies.decision),
    variant('waytrace.approval.v1', ownFactBodies.approval),
    variant('waytrace.command.v1', ownFactBodies.command),
    variant('waytrace.config.v1', ownFactBodies.config),
    variant('waytrace.case.v1', ownFactBodies.case),
    variant('waytrace.health.v1', ownFactBodies.health),
    variant('waytrace.gap.v1', ownFactBodies.gap),
    variant('waytrace.audit.v1', ownFactBodies.audit),
  ])
  .check(({ value: event, issues }) => {
    const wrong = (path: string, message: string) =>
      issues.push({ code: 'custom', input: event, path: [path], message })
    if (event.severitytext !== undefined && event.severitynumber === undefined)
      wrong('severitynumber', 'required when severitytext is given')
    if (!isEpcis(event)) return
    if (event.orderid !== undefined && event.orderid !== ordersOf(event.data)[0])
      wrong('orderid', 'must equal the first po of bizTransactionList')
    const device = deviceOf(event.data)
    if (event.deviceid === undefined) {
      if (event.imported !== true && !event.source.startsWith(CENTRE))
        wrong('deviceid', 'required of what a device observed')
    } else if (device !== undefined && device !== event.deviceid)
      wrong('deviceid', 'must equal sensorMetadata.deviceID, else sensorReport.deviceID, else wt:deviceID')
    if (event.imported !== true && (event.noeventid !== undefined || event.epciscontext !== undefined))
      wrong('imported', 'noeventid and epciscontext are notes on imported events')
  })

export type WaytraceEvent = z.infer<typeof waytraceEvent>
export type EventType = WaytraceEvent['type']
export type EpcisEvent = Extract<WaytraceEvent, { type: keyof typeof EPCIS_TYPES }>

export function isEpcis(event: WaytraceEvent): event is EpcisEvent {
  return event.type in EPCIS_TYPES
}

/** The order an event speaks of first, as a CBV business transaction URI. */
export function firstOrder(event: WaytraceEvent): string | undefined {
  return orders(event)[0]
}

/** Every order an event speaks of: the loading of a trailer names many. */
export function orders(event: WaytraceEvent): string[] {
  if (isEpcis(event)) return ordersOf(event.data)
  return event.orderid === undefined ? [] : [event.orderid]
}

/** Two events with equal keys are one: CloudEvents' source + id, and the restatement's declaration time. */
export function dedupKey(event: WaytraceEvent): string {
  const declared = isEpcis(event) ? event.data.errorDeclaration?.declarationTime : undefined
  return declared === undefined ? `${event.source} ${event.id}` : `${event.source} ${event.id} ${declared}`
}
