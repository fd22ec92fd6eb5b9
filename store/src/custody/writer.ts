import type { EventFacts } from '../event-facts.ts'
import { keyText } from '../keys.ts'
import { type RowCache, rowCache } from '../lmdb-cache.ts'
import { groupContents } from './contents.ts'
import type { Emptied, Role, Statement } from './event-custody.ts'
import { ordersInside } from './inside.ts'
import { contradictions, type Fact, insertFact, retractFact, type Stay, staysOf } from './slot.ts'
import {
  type CustodyRow,
  type CustodyTables,
  type Membership,
  membershipsDuring,
  putMembership,
  removeMembership,
} from './tables.ts'

/** A stay that was not known before: what happened to its group meanwhile happened to the member, too. */
export interface NewStay extends Stay {
  member: string
  role: Role
}

/** Changes custody inside a commit. */
export interface CustodyWriter {
  rows: RowCache<CustodyRow>
  apply(statement: Statement | Emptied, facts: EventFacts): NewStay[]
  /** Where a thing is or was, as far as goods are concerned. */
  staysOf(member: string): Stay[]
  /** The orders inside things at a time. */
  ordersInside(things: readonly string[], at: number): Set<string>
  forget(): void
}

export function custodyWriter(tables: CustodyTables): CustodyWriter {
  const rows = rowCache(tables.rows)
  const contents = groupContents(tables.memberships)

  function state(statement: Statement, facts: EventFacts): NewStay[] {
    const { member, role, op, group, kind, how } = statement
    const slot = role === 'device' ? `watch:${statement.slot}` : statement.slot
    const row = rows.get(keyText(member)) ?? { member, slots: {} }
    const before = row.slots[slot] ?? []
    const fact: Fact = { op, at: facts.ms, position: facts.position, how }
    if (group !== undefined) fact.group = group
    if (kind !== undefined) fact.kind = kind
    const after = facts.voids ? retractFact(before, fact) : insertFact(before, fact)
    if (after === before) return []
    rows.set(keyText(member), { member, slots: { ...row.slots, [slot]: after } })
    if (slot === 'where') noteContradictions(member, before, after)
    return changeStays({ member, role, slot }, before, after)
  }

  function changeStays(
    who: { member: string; role: Role; slot: string },
    before: readonly Fact[],
    after: readonly Fact[],
  ) {
    const old = new Map(staysOf(before).map((stay) => [stayKey(stay), stay]))
    const added = staysOf(after).filter((stay) => !old.delete(stayKey(stay)))
    // Removals first: a stay that only begins earlier keeps its key.
    for (const stay of old.values()) removeMembership(tables.memberships, { ...stay, ...who })
    for (const stay of added) putMembership(tables.memberships, { ...stay, ...who })
    if (who.role !== 'device') {
      for (const stay of old.values()) contents.changed(stay.group, [{ ...stay, ...who }], [])
      for (const stay of added) contents.changed(stay.group, [], [{ ...stay, ...who }])
    }
    return added.map((stay) => ({ ...stay, member: who.member, role: who.role }))
  }

  function noteContradictions(member: string, before: readonly Fact[], after: readonly Fact[]): void {
    const found = contradictions(after).map((finding) => ({ member, ...finding }))
    if (found.length > 0) void tables.findings.put(keyText(member), found)
    else if (contradictions(before).length > 0) void tables.findings.remove(keyText(member))
  }

  /** A package emptied without saying of what: everything that was in it. */
  function empty({ emptied }: Emptied, facts: EventFacts): NewStay[] {
    const inside = [...membershipsDuring(tables.memberships, 'goods', emptied, facts.ms, facts.ms)]
    const left = (m: Membership) => (facts.voids ? m.to === facts.ms : m.from < facts.ms && m.to !== facts.ms)
    return inside.filter(left).flatMap(({ member, role, slot }) => {
      if (slot.startsWith('pkg:')) return []
      return state({ member, role, slot, op: 'out', group: emptied, how: 'moved' }, facts)
    })
  }

  return {
    rows,
    apply: (statement, facts) => ('emptied' in statement ? empty(statement, facts) : state(statement, facts)),
    staysOf(member) {
      const slots = Object.entries(rows.get(keyText(member))?.slots ?? {})
      return slots.flatMap(([slot, facts]) => (slot.startsWith('watch:') ? [] : staysOf(facts)))
    },
    ordersInside: (things, at) => ordersInside((group) => contents.at(group, at), things),
    forget() {
      rows.forget()
      contents.forget()
    },
  }
}

function stayKey({ group, from, to }: Stay): string {
  return `${from} ${to ?? ''} ${group}`
}
