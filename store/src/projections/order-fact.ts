import { isEpcis, type Node } from '@waytrace/standard'
import type { EventFacts } from '../event-facts.ts'
import { fnv1a } from '../keys.ts'
import type { AcceptedEvent, OrderView } from '../ports.ts'

/** What is known of an order beside its nodes; the newest statement of each holds. */
export interface Known {
  customer?: string
  profile?: string
  promisedBy?: string
  limits?: NonNullable<OrderView['limits']>
  window?: NonNullable<OrderView['window']>
}

/** What one event says about an order, without the event: small enough to keep for orders that turn up later. */
export interface OrderFact {
  /** Digest of `source` and `id`: what a restatement repeats. */
  key: number
  ms: number
  at: string
  position: number
  node?: Node
  device?: string
  operator?: string
  place?: string
  notes?: { kind: string; text: string }[]
  known?: Known
  epcs?: string[]
  /** The vehicle or package that tells it, when the event does not name the order. */
  through?: string
  /** A restatement: what the event with this key said is taken back. */
  voids?: true
}

/** Dispositions that say something is wrong with goods or are worth telling. */
const TOLD = new Set([
  'damaged',
  'destroyed',
  'disposed',
  'expired',
  'mismatch_instance',
  'mismatch_class',
  'mismatch_quantity',
  'needs_replacement',
  'no_pedigree_match',
  'non_conformant',
  'non_sellable_other',
  'recalled',
  'returned',
  'stolen',
])
const TOLD_STEPS = new Set(['holding', 'inspecting', 'void_shipping', 'removing', 'destroying'])

export function orderFactOf(accepted: AcceptedEvent, facts: EventFacts): OrderFact {
  const { ms, at, position, node, device, operator, place } = facts
  const fact: OrderFact = { key: fnv1a(facts.key), ms, at, position }
  if (device !== undefined) fact.device = device
  if (operator !== undefined) fact.operator = operator
  if (place !== undefined) fact.place = place
  if (node !== undefined && !facts.voids) fact.node = node
  if (facts.voids) fact.voids = true
  const notes = notesOf(accepted, facts)
  if (notes.length > 0) fact.notes = notes
  const known = knownOf(accepted)
  if (known !== undefined && !facts.voids) fact.known = known
  return fact
}

function notesOf({ event }: AcceptedEvent, { step, voids, measured }: EventFacts): { kind: string; text: string }[] {
  switch (event.type) {
    case 'waytrace.alarm.v1':
      return [{ kind: 'alarm', text: `${event.data.state}: ${event.data.message}` }]
    case 'waytrace.incident.v1':
      return [{ kind: 'incident', text: `${event.data.incidentId} ${event.data.state}` }]
    case 'waytrace.decision.v1':
      return [{ kind: 'decision', text: `${event.data.from} -> ${event.data.to}: ${event.data.why}` }]
    case 'waytrace.case.v1':
      return [{ kind: 'case', text: `${event.data.caseId} ${event.data.state}` }]
    default:
  }
  if (!isEpcis(event)) return []
  const { data } = event
  if (voids) return [{ kind: 'corrected', text: data.errorDeclaration?.reason ?? 'restated' }]
  const notes: { kind: string; text: string }[] = []
  const exception = data['wt:exception']
  if (typeof exception === 'string') notes.push({ kind: 'exception', text: exception })
  const disposition = data.disposition?.replace(/^.*Disp-/, '')
  if (disposition !== undefined && TOLD.has(disposition) && disposition !== exception)
    notes.push({ kind: 'exception', text: disposition })
  if (step !== undefined && TOLD_STEPS.has(step)) notes.push({ kind: step, text: disposition ?? step })
  for (const { type, value, unit, exception: failed } of measured)
    if (failed === 'ALARM_CONDITION')
      notes.push({ kind: 'excursion', text: `${type} ${value ?? ''} ${unit ?? ''}`.trim() })
  return notes
}

/** From `wt:` fields of the body or its ilmd: customer, profile, promisedBy, limits (degrees Celsius), window. */
function knownOf({ event }: AcceptedEvent): Known | undefined {
  if (!isEpcis(event)) return undefined
  const ilmd = 'ilmd' in event.data ? (event.data.ilmd as Record<string, unknown> | undefined) : undefined
  const field = (name: string) => event.data[`wt:${name}`] ?? ilmd?.[`wt:${name}`]
  const known: Known = {}
  for (const name of ['customer', 'profile', 'promisedBy'] as const) {
    const value = field(name)
    if (typeof value === 'string' && value !== '') known[name] = value
  }
  const limits = picked(field('limits'), ['minC', 'maxC'], 'number')
  if (limits !== undefined) known.limits = limits
  const window = picked(field('window'), ['notBefore', 'notAfter'], 'string')
  if (window !== undefined) known.window = window
  return Object.keys(known).length > 0 ? known : undefined
}

function picked(value: unknown, names: readonly string[], type: 'number' | 'string') {
  if (typeof value !== 'object' || value === null) return undefined
  const entries = names.flatMap((name) => {
    const found = (value as Record<string, unknown>)[name]
    return typeof found === type ? [[name, found] as const] : []
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}
