import type { Database, RootDatabase } from 'lmdb'
import { statementsOf } from './custody/event-custody.ts'
import { isVehicle } from './custody/kinds.ts'
import { type CustodyTables, openCustodyTables } from './custody/tables.ts'
import { custodyWriter, type NewStay } from './custody/writer.ts'
import { type EventFacts, eventFacts } from './event-facts.ts'
import type { LmdbFolder } from './lmdb-folder.ts'
import type { AcceptedEvent, Projection } from './ports.ts'
import { type CarrierTable, carrierLog, carrierMemo } from './projections/carriers.ts'
import { type DeviceTables, deviceWriter, openDeviceTables } from './projections/device-book.ts'
import { applyControl, type ControlTables, openControlTables } from './projections/device-control.ts'
import { type OrderTables, openOrderTables, orderWriter } from './projections/order-book.ts'
import { type OrderFact, orderFactOf } from './projections/order-fact.ts'
import { reduceOrder } from './projections/orders.ts'

export interface ProjectionTables {
  orders: OrderTables
  devices: DeviceTables
  control: ControlTables
  custody: CustodyTables
  carriers: CarrierTable
  carrierHeads: Database<number, string>
  state: Database<number, string>
  /** Position -> what went wrong. */
  faults: Database<string, number>
}

export function openProjectionTables(root: RootDatabase): ProjectionTables {
  return {
    orders: openOrderTables(root),
    devices: openDeviceTables(root),
    control: openControlTables(root),
    custody: openCustodyTables(root),
    carriers: root.openDB({ name: 'carriers', encoding: 'json' }),
    carrierHeads: root.openDB({ name: 'carrier-heads', encoding: 'json' }),
    state: root.openDB({ name: 'projection-state', encoding: 'json' }),
    faults: root.openDB({ name: 'projection-faults', encoding: 'string' }),
  }
}

const MAX_DEPTH = 6

/** Orders, devices, stages and custody out of the log, in one commit with the number of the last event. */
export function projection(folder: LmdbFolder, tables: ProjectionTables): Projection {
  const orders = orderWriter(tables.orders)
  const devices = deviceWriter(tables.devices)
  const custody = custodyWriter(tables.custody)
  const carriers = carrierLog(tables.carriers, tables.carrierHeads)
  const memo = carrierMemo()
  let appliedHere = -1

  return {
    async apply(batch) {
      if (batch.length === 0) return
      try {
        folder.commit(() => applyAll(batch))
      } catch (error) {
        forget()
        throw error
      }
    },
    get appliedTo() {
      folder.refresh()
      return tables.state.get('appliedTo') ?? 0
    },
    faults(limit) {
      folder.refresh()
      return [...tables.faults.getRange({ reverse: true, limit })].map(({ key, value }) => ({
        position: key,
        message: value,
      }))
    },
  }

  function applyAll(batch: readonly AcceptedEvent[]): void {
    const applied = tables.state.get('appliedTo') ?? 0
    // Another writer was here, or a rebuild: what is held in memory is not what is on disk.
    if (applied !== appliedHere) forget()
    let last = applied
    for (const accepted of batch) {
      if (accepted.position <= last) continue
      last = accepted.position
      try {
        applyOne(accepted)
      } catch (error) {
        // One event that no reducer foresaw must not stop all that come after it; it is kept in the log.
        void tables.faults.put(accepted.position, String(error))
      }
    }
    for (const part of [custody.rows, devices, carriers]) part.flush()
    orders.flush(last)
    void tables.state.put('appliedTo', last)
    appliedHere = last
  }

  function forget(): void {
    for (const part of [orders, devices, custody, carriers, memo]) part.forget()
    appliedHere = -1
  }

  function applyOne(accepted: AcceptedEvent): void {
    const facts = eventFacts(accepted)
    devices.apply(accepted, facts)
    applyControl(tables.control, accepted)
    const bound = new Map<string, string[]>()
    const stays: NewStay[] = []
    for (const statement of statementsOf(accepted.event, facts)) {
      stays.push(...custody.apply(statement, facts))
      if ('emptied' in statement || !statement.slot.startsWith('pkg:') || statement.group === undefined) continue
      bound.set(statement.member, [...(bound.get(statement.member) ?? []), statement.group])
    }
    const fact = orderFactOf(accepted, facts)
    for (const uri of facts.orders) {
      const epcs = bound.get(uri)
      tell(uri, epcs === undefined ? fact : { ...fact, epcs })
    }
    if (fact.node === 'departed') memo.forget()
    tellCarried(accepted, facts, fact)
    for (const stay of stays)
      if (stay.role !== 'device')
        catchUp(stay.member, stay.role === 'order', stay.group, stay.from, stay.to ?? Number.MAX_SAFE_INTEGER)
  }

  function tell(uri: string, fact: OrderFact): void {
    const before = orders.get(uri)
    const after = reduceOrder(before, uri, fact)
    if (after !== before) orders.set(after)
  }

  /** An event that names no order speaks of those inside its things; one about a vehicle, of all inside that. */
  function tellCarried({ event }: AcceptedEvent, facts: EventFacts, fact: OrderFact): void {
    if (fact.node === undefined && fact.notes === undefined && fact.voids === undefined) return
    for (const thing of subjectsOf(event, facts)) {
      const through = { ...fact, through: thing }
      carriers.add(thing, through)
      // Only a departure lets a report say something new of what is inside; what comes in late is caught up with.
      const repeats = fact.node === 'in_transit' && fact.notes === undefined && fact.voids === undefined
      if (repeats && memo.applied(thing, facts.ms)) continue
      const inside = custody.ordersInside([thing], facts.ms)
      for (const uri of inside) if (!facts.orders.includes(uri)) tell(uri, through)
      if (repeats) memo.note(thing, facts.ms)
      if (fact.node === 'departed') reportsAfter(thing, facts.ms)
    }
  }

  /** A departure that becomes known late: the vehicle has reported on its way already. */
  function reportsAfter(thing: string, from: number): void {
    for (const later of carriers.during(thing, from, Number.MAX_SAFE_INTEGER))
      if (later.node === 'in_transit') for (const uri of custody.ordersInside([thing], later.ms)) tell(uri, later)
  }

  /** What happened to the group, and to what that was in, happened to what turns out to have been inside. */
  function catchUp(member: string, isOrder: boolean, group: string, from: number, to: number, depth = 0): void {
    for (const fact of carriers.during(group, from, to)) {
      const inside = isOrder ? [member] : custody.ordersInside([member], fact.ms)
      for (const uri of inside) tell(uri, fact)
    }
    if (depth >= MAX_DEPTH) return
    for (const stay of custody.staysOf(group)) {
      const start = Math.max(from, stay.from)
      const end = Math.min(to, stay.to ?? Number.MAX_SAFE_INTEGER)
      if (start <= end) catchUp(member, isOrder, stay.group, start, end, depth + 1)
    }
  }
}

/** The things whose orders an event speaks of without naming them. */
function subjectsOf(event: AcceptedEvent['event'], facts: EventFacts): string[] {
  if (facts.epcs.length === 0) return []
  const moves = event.type === 'waytrace.aggregation.v1' || event.type === 'waytrace.association.v1'
  if (!moves || event.data.action === 'OBSERVE')
    return facts.orders.length === 0 ? facts.epcs : facts.epcs.filter(isVehicle)
  if (facts.orders.length > 0) return []
  // Loading one package says nothing of the others on the vehicle; emptying a vehicle speaks of all.
  const children = event.data.childEPCs ?? []
  return children.length > 0 || event.data.parentID === undefined ? children : [event.data.parentID]
}
