import { z } from 'zod'
import { epcisBodies } from './epcis-bodies.ts'
import { ownFactBodies } from './own-facts.ts'

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
  'waytrace.case.v1',
  'waytrace.health.v1',
  'waytrace.gap.v1',
  'waytrace.audit.v1',
] as const

const uri = z.string().regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/)
/** RFC 3339 with a zone. Kept verbatim: a time is never normalised through `Date`. */
export const isoTime = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
export const tzOffset = z.string().regex(/^[+-](0\d|1[0-3]):[0-5]\d$|^[+-]14:00$/)

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
  sequence: z.string().regex(/^\d{20}$/),
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
    variant('waytrace.case.v1', ownFactBodies.case),
    variant('waytrace.health.v1', ownFactBodies.health),
    variant('waytrace.gap.v1', ownFactBodies.gap),
    variant('waytrace.audit.v1', ownFactBodies.audit),
  ])
  .superRefine((event, context) => {
    if (event.severitytext !== undefined && event.severitynumber === undefined)
      context.addIssue({ code: 'custom', path: ['severitynumber'], message: 'required when severitytext is given' })
    const order = firstOrder(event)
    if (event.orderid !== undefined && event.orderid !== order && isEpcis(event))
      context.addIssue({ code: 'custom', path: ['orderid'], message: 'must equal the first po of bizTransactionList' })
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
  if (!isEpcis(event)) return event.orderid === undefined ? [] : [event.orderid]
  const found: string[] = []
  for (const { type, bizTransaction } of event.data.bizTransactionList ?? [])
    if (type === 'po' || type?.endsWith('BTT-po')) found.push(bizTransaction)
  return found
}

/** Two events with equal keys are one: CloudEvents' source + id, and the restatement's declaration time. */
export function dedupKey(event: WaytraceEvent): string {
  const declared = isEpcis(event) ? event.data.errorDeclaration?.declarationTime : undefined
  return declared === undefined ? `${event.source} ${event.id}` : `${event.source} ${event.id} ${declared}`
}
