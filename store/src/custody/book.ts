import { keyText } from '../keys.ts'
import type { Custody, CustodyFinding, CustodyInterval } from '../ports.ts'
import { insideAt, ordersInside } from './inside.ts'
import { staysOf } from './slot.ts'
import { type CustodyTables, membershipsDuring } from './tables.ts'

const MAX_DEPTH = 6
type Watch = ReturnType<Custody['sensorsOfOrder']>[number]

/** Custody as others read it. `uriOf` turns an order's number into its URIs; `refresh` shows the newest commit. */
export function custodyBook(tables: CustodyTables, uriOf: (order: string) => string[], refresh: () => void): Custody {
  const stays = (member: string) => intervals(tables, member)

  function groupsOf(member: string, at: number, found: Set<string>, depth = 0): void {
    for (const { group, from, to } of stays(member)) {
      if (from > at || (to !== undefined && to <= at) || found.has(group)) continue
      found.add(group)
      if (depth < MAX_DEPTH) groupsOf(group, at, found, depth + 1)
    }
  }

  /** Every sensor in the groups a member was in, cut to the time both were there. */
  function* watchesOf(member: string, from: number, to: number, depth = 0): Iterable<Watch> {
    for (const stay of stays(member)) {
      const start = Math.max(from, stay.from)
      const end = Math.min(to, stay.to ?? Number.POSITIVE_INFINITY)
      if (start >= end || stay.kind === 'gateway' || stay.kind === 'firmware') continue
      yield* watchersOf(tables, stay.group, start, end)
      if (depth < MAX_DEPTH) yield* watchesOf(stay.group, start, end, depth + 1)
    }
  }

  return {
    intervalsOf(member) {
      refresh()
      const members = [member, ...uriOf(member).filter((uri) => uri !== member)]
      return members.flatMap(stays).sort((a, b) => a.from - b.from)
    },
    groupsOfOrder(order, at) {
      refresh()
      const found = new Set<string>()
      for (const uri of uriOf(order)) groupsOf(uri, at, found)
      for (const group of [...found])
        for (const { device } of watchersOf(tables, group, at, at)) {
          found.add(device)
          groupsOf(device, at, found)
        }
      return [...found]
    },
    ordersOfGroup(group, at) {
      refresh()
      const look = (inside: string) => insideAt(tables.memberships, inside, at)
      const orders = ordersInside(look, [group, ...watchedBy(tables, group, at)])
      return [...orders]
    },
    sensorsOfOrder(order) {
      refresh()
      const watches = uriOf(order).flatMap((uri) => [
        ...watchesOf(uri, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
      ])
      return joined(watches)
    },
    ordersWatched(device, from, to) {
      refresh()
      const found: Watched[] = []
      for (const { group, from: start, to: end, kind } of stays(device)) {
        if (kind === 'gateway' || kind === 'firmware') continue
        const span = { from: Math.max(from, start), to: Math.min(to + 1, end ?? Number.POSITIVE_INFINITY) }
        if (span.from < span.to) found.push(...ordersDuring(tables, group, group, span.from, span.to))
      }
      return found
    },
    findings({ after, limit }) {
      refresh()
      const items: CustodyFinding[] = []
      for (const { key, value } of tables.findings.getRange({ ...(after === undefined ? {} : { start: after }) })) {
        if (key === after) continue
        items.push(...value)
        if (items.length >= limit) return { items, next: key }
      }
      return { items }
    },
  }
}

function intervals({ rows }: CustodyTables, member: string): CustodyInterval[] {
  const row = rows.get(keyText(member))
  if (row === undefined || row.member !== member) return []
  return Object.values(row.slots).flatMap((facts) => staysOf(facts).map((stay) => ({ member, ...stay })))
}

function* watchersOf({ memberships }: CustodyTables, group: string, from: number, to: number): Iterable<Watch> {
  for (const stay of membershipsDuring(memberships, 'watchers', group, from, to)) {
    const start = Math.max(from, stay.from)
    const end = Math.min(to, stay.to ?? Number.POSITIVE_INFINITY)
    const watch: Watch = { device: stay.member, through: group, from: start }
    if (end !== Number.POSITIVE_INFINITY) watch.to = end
    yield watch
  }
}

type Watched = ReturnType<Custody['ordersWatched']>[number]

/** Orders in a group, at any depth, cut to the time all of the chain held. `to` is exclusive. */
function* ordersDuring(
  tables: CustodyTables,
  group: string,
  through: string,
  from: number,
  to: number,
  depth = 0,
): Iterable<Watched> {
  for (const stay of membershipsDuring(tables.memberships, 'goods', group, from, to)) {
    const start = Math.max(from, stay.from)
    const end = Math.min(to, stay.to ?? Number.POSITIVE_INFINITY)
    if (start >= end) continue
    if (stay.role === 'order') yield { order: stay.member, through, from: start, to: end }
    else if (depth < MAX_DEPTH) yield* ordersDuring(tables, stay.member, through, start, end, depth + 1)
  }
}

/** A sensor, gateway or firmware carries nothing: its orders are those in the places its sensors are in. */
function watchedBy(tables: CustodyTables, group: string, at: number, depth = 0): string[] {
  const found: string[] = []
  for (const { group: place, from, to, kind } of intervals(tables, group))
    if (from <= at && (to === undefined || to > at) && kind !== 'gateway' && kind !== 'firmware')
      if (isWatcher(tables, group)) found.push(place)
  if (depth < 3)
    for (const { member } of membershipsDuring(tables.memberships, 'watchers', group, at, at))
      if (isGatewayOf(tables, member, group)) found.push(...watchedBy(tables, member, at, depth + 1))
  return found
}

function isWatcher({ rows }: CustodyTables, member: string): boolean {
  return Object.keys(rows.get(keyText(member))?.slots ?? {}).every((slot) => slot.startsWith('watch:'))
}

function isGatewayOf(tables: CustodyTables, member: string, group: string): boolean {
  return intervals(tables, member).some(
    (stay) => stay.group === group && (stay.kind === 'gateway' || stay.kind === 'firmware'),
  )
}

/** Stays that follow one another without a break are one watch. */
function joined(watches: Watch[]): Watch[] {
  const sorted = watches.sort((a, b) => a.from - b.from)
  const open = new Map<string, Watch>()
  const found: Watch[] = []
  for (const watch of sorted) {
    const key = `${watch.device}\t${watch.through}`
    const before = open.get(key)
    if (before !== undefined && (before.to === undefined || before.to >= watch.from)) {
      if (watch.to === undefined) delete before.to
      else if (before.to !== undefined) before.to = Math.max(before.to, watch.to)
      continue
    }
    const next = { ...watch }
    open.set(key, next)
    found.push(next)
  }
  return found
}
