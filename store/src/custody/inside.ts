import type { Role } from './event-custody.ts'
import { type MembershipTable, membershipsDuring } from './tables.ts'

/** Something in a group. */
export interface Inside {
  member: string
  role: Role
}

/** Packages in pallets in trailers on trucks: deeper nesting is a loop in bad data. */
const MAX_DEPTH = 6

/** What is in a group at a time, ends included, from the table. */
export function insideAt(table: MembershipTable, group: string, at: number): Inside[] {
  return [...membershipsDuring(table, 'goods', group, at, at)]
}

/** The orders inside things, directly or through packages: the cost is that of what is inside. */
export function ordersInside(look: (group: string) => Iterable<Inside>, things: readonly string[]): Set<string> {
  const orders = new Set<string>()
  const seen = new Set<string>(things)
  let level = [...things]
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const below: string[] = []
    for (const group of level)
      for (const { member, role } of look(group))
        if (role === 'order') orders.add(member)
        else if (!seen.has(member)) {
          seen.add(member)
          below.push(member)
        }
    level = below
  }
  return orders
}
