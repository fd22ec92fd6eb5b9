import { isEpcis, type WaytraceEvent } from '@waytrace/standard'
import type { EventFacts, NamedEpcs } from '../event-facts.ts'
import type { GroupKind } from './kinds.ts'
import { isPlace, isSscc, isVehicle, placeKind } from './kinds.ts'
import type { Fact } from './slot.ts'

/** `order` and `thing` are carried; `device` watches what is in the same group. */
export type Role = 'order' | 'thing' | 'device'

/** One sentence of an event about a member; time and number are the event's. */
export interface Statement {
  member: string
  role: Role
  /** What it can be in only one of at a time: `where`, `location`, `inside`, `pkg:{epc}`, `gateway`... */
  slot: string
  op: 'in' | 'out'
  group?: string
  kind?: GroupKind
  how: Fact['how']
}

/** Everything in this group left it. */
export interface Emptied {
  emptied: string
}

/** Steps at which goods are on the move: the read point is where the vehicle is, not where they stay. */
const ON_THE_MOVE = new Set(['loading', 'departing', 'transporting', 'arriving'])

/** What one event says about who is in what. Pure: the same event gives the same statements. */
export function statementsOf(event: WaytraceEvent, facts: EventFacts): (Statement | Emptied)[] {
  if (event.type === 'waytrace.health.v1') return birthStatements(event)
  if (!isEpcis(event)) return []
  const found: (Statement | Emptied)[] = sensorStatements(event, facts)
  const { data } = event
  const { parentID: parent } = data as NamedEpcs
  const moves = event.type === 'waytrace.aggregation.v1' || event.type === 'waytrace.association.v1'
  if (moves && parent !== undefined && data.action !== 'OBSERVE') found.push(...moveStatements(event, facts, parent))
  else for (const epc of facts.epcs) found.push(...seenStatements(event, facts, epc))
  found.push(...bindings(event, facts, parent))
  found.push(...travelStatements(event, facts))
  return found
}

function moveStatements(event: WaytraceEvent, facts: EventFacts, parent: string): (Statement | Emptied)[] {
  if (event.type !== 'waytrace.aggregation.v1' && event.type !== 'waytrace.association.v1') return []
  const { data } = event
  const kind: GroupKind =
    isVehicle(parent) && facts.step !== 'packing' ? 'vehicle' : isPlace(parent) ? placeKind(parent) : 'package'
  const slot = kind === 'package' ? 'inside' : 'where'
  const named = data.childEPCs ?? []
  const classes = data.childQuantityList ?? []
  const found: (Statement | Emptied)[] = seenStatements(event, facts, parent)
  // Without a thing of its own, the order itself is what was moved.
  const orders = named.length === 0 && kind !== 'package' ? facts.orders : []
  const members = [
    ...named.map((m) => ({ m, role: 'thing' as Role })),
    ...orders.map((m) => ({ m, role: 'order' as Role })),
  ]
  if (event.type === 'waytrace.association.v1') members.push(...named.map((m) => ({ m, role: 'device' as Role })))
  if (data.action === 'DELETE' && members.length === 0 && classes.length === 0) return [...found, { emptied: parent }]
  for (const { m: member, role } of members) {
    if (data.action === 'ADD') {
      found.push({ member, role, slot, op: 'in', group: parent, kind, how: 'moved' })
      found.push({ member, role, slot: 'location', op: 'out', how: 'seen' })
      if (slot === 'inside') found.push({ member, role, slot: 'where', op: 'out', how: 'seen' })
    } else {
      found.push({ member, role, slot, op: 'out', group: parent, how: 'moved' })
      if (role !== 'device') found.push(...placed(member, role, event))
    }
  }
  return found
}

/** Something was seen at a read point: it is there until it is seen elsewhere, unless it was on the move. */
function seenStatements(event: WaytraceEvent, facts: EventFacts, epc: string): Statement[] {
  if (!isEpcis(event)) return []
  const readPoint = event.data.readPoint?.id
  if (facts.step === 'departing')
    return readPoint !== undefined && isPlace(readPoint)
      ? [
          { member: epc, role: 'thing', slot: 'where', op: 'out', group: readPoint, how: 'seen' },
          { member: epc, role: 'thing', slot: 'location', op: 'out', how: 'seen' },
        ]
      : []
  const moving = facts.step !== undefined && ON_THE_MOVE.has(facts.step)
  if (moving && !isVehicle(epc) && !(readPoint !== undefined && isVehicle(readPoint))) return []
  if (event.type === 'waytrace.object.v1' && event.data.action === 'DELETE')
    return [{ member: epc, role: 'thing', slot: 'where', op: 'out', how: 'seen' }]
  return placed(epc, 'thing', event)
}

function placed(member: string, role: Role, event: WaytraceEvent): Statement[] {
  if (!isEpcis(event)) return []
  const found: Statement[] = []
  const readPoint = event.data.readPoint?.id
  const location = event.data.bizLocation?.id
  if (readPoint !== undefined && readPoint !== member && (isPlace(readPoint) || isVehicle(readPoint)))
    found.push({ member, role, slot: 'where', op: 'in', group: readPoint, kind: placeKind(readPoint), how: 'seen' })
  if (location !== undefined && location !== readPoint && isPlace(location))
    found.push({ member, role, slot: 'location', op: 'in', group: location, kind: placeKind(location), how: 'seen' })
  return found
}

/** Which order is in which package. Many orders with many packages say nothing about who is in which. */
function bindings(event: WaytraceEvent, facts: EventFacts, parent: string | undefined): Statement[] {
  if (facts.orders.length === 0) return []
  const packed = parent !== undefined && (isSscc(parent) || facts.step === 'packing')
  const things = packed ? [parent] : facts.epcs.filter((epc) => epc !== parent && !isVehicle(epc) && !isPlace(epc))
  if (things.length === 0) {
    const moved = parent !== undefined
    return moved ? [] : facts.orders.flatMap((order) => (onTheMove(facts) ? [] : placed(order, 'order', event)))
  }
  if (facts.orders.length > 1 && things.length > 1) return []
  return facts.orders.flatMap((order) =>
    things.map((epc): Statement => {
      return { member: order, role: 'order', slot: `pkg:${epc}`, op: 'in', group: epc, kind: 'package', how: 'bound' }
    }),
  )
}

function onTheMove({ step }: EventFacts): boolean {
  return step !== undefined && ON_THE_MOVE.has(step)
}

/** Carrier and leg of a vehicle, where the event states them; a leg ends with the arrival. */
function travelStatements(event: WaytraceEvent, facts: EventFacts): Statement[] {
  if (!isEpcis(event)) return []
  const vehicles = facts.epcs.filter(isVehicle)
  const found: Statement[] = []
  for (const kind of ['carrier', 'leg'] as const) {
    const group = event.data[`wt:${kind}`]
    for (const member of vehicles)
      if (typeof group === 'string' && group !== '')
        found.push({ member, role: 'thing', slot: kind, op: 'in', group, kind, how: 'seen' })
      else if (kind === 'leg' && facts.step === 'arriving')
        found.push({ member, role: 'thing', slot: kind, op: 'out', how: 'seen' })
  }
  return found
}

/** A sensor is where its event says: at the read point, else in the one thing it speaks of. */
function sensorStatements(event: WaytraceEvent, facts: EventFacts): Statement[] {
  if (!isEpcis(event) || event.data.sensorElementList === undefined) return []
  const readPoint = event.data.readPoint?.id
  const place =
    readPoint !== undefined && (isPlace(readPoint) || isVehicle(readPoint))
      ? readPoint
      : facts.epcs.length === 1
        ? facts.epcs[0]
        : undefined
  const devices = new Set(facts.measured.map(({ device }) => device))
  const found: Statement[] = []
  for (const member of devices) if (place !== undefined && place !== member) found.push(watches(member, place))
  return found
}

function watches(member: string, group: string): Statement {
  const kind = isSscc(group) ? 'package' : placeKind(group)
  return { member, role: 'device', slot: 'where', op: 'in', group, kind, how: 'seen' }
}

/** An agent's birth says which devices it has and where they are; scanners watch nothing. */
function birthStatements(event: Extract<WaytraceEvent, { type: 'waytrace.health.v1' }>): Statement[] {
  const found: Statement[] = []
  const { devices, fw } = event.data
  if (typeof fw === 'string' && fw !== '')
    found.push({
      member: event.source,
      role: 'device',
      slot: 'firmware',
      op: 'in',
      group: `urn:waytrace:firmware:${fw}`,
      kind: 'firmware',
      how: 'seen',
    })
  if (!Array.isArray(devices)) return found
  for (const device of devices as unknown[]) {
    if (typeof device !== 'object' || device === null) continue
    const { urn, place, kind } = device as { urn?: unknown; place?: unknown; kind?: unknown }
    if (typeof urn !== 'string' || urn === event.source || /scan/i.test(String(kind))) continue
    found.push({
      member: urn,
      role: 'device',
      slot: 'gateway',
      op: 'in',
      group: event.source,
      kind: 'gateway',
      how: 'seen',
    })
    if (typeof place === 'string' && place !== urn && (isPlace(place) || isVehicle(place) || isSscc(place)))
      found.push(watches(urn, place))
  }
  return found
}
