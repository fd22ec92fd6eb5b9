import type { Role } from './event-custody.ts'
import { type MembershipTable, membershipsDuring } from './tables.ts'

/** What is in one group at a time; `later` says that something comes in after it. */
export interface Inside {
  members: Iterable<{ member: string; role: Role }>
  later: boolean
}

/** Packages in pallets in trailers on trucks: deeper nesting is a loop in bad data. */
const MAX_DEPTH = 6

/** What is in a group at a time, ends included, from the table. */
export function insideAt(table: MembershipTable, group: string, at: number): Inside {
  const all = [...membershipsDuring(table, 'goods', group, at, Number.MAX_SAFE_INTEGER)]
  return { members: all.filter(({ from }) => from <= at), later: all.some(({ from }) => from > at) }
}

/**
 * The orders inside things, directly or through packages: the cost is that of what is inside. `later` says that the
 * answer does not hold until the next change, because something known comes in after its time.
 */
export function ordersInside(
  look: (group: string) => Inside,
  things: readonly string[],
): { orders: Set<string>; later: boolean } {
  const orders = new Set<string>()
  const seen = new Set<string>(things)
  let later = false
  let level = [...things]
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const below: string[] = []
    for (const group of level) {
      const inside = look(group)
      later ||= inside.later
      for (const { member, role } of inside.members)
        if (role === 'order') orders.add(member)
        else if (!seen.has(member)) {
          seen.add(member)
          below.push(member)
        }
    }
    level = below
  }
  return { orders, later }
}
