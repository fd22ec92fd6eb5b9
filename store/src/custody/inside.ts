import { type MembershipTable, membershipsDuring } from './tables.ts'

/** Packages in pallets in trailers on trucks: deeper nesting is a loop in bad data. */
const MAX_DEPTH = 6

/**
 * The orders inside things at a time, directly or through packages: the cost is that of what is inside. `later` says
 * that something comes in after that time, so that the answer does not hold until the next change.
 */
export function ordersInside(
  table: MembershipTable,
  things: readonly string[],
  at: number,
): { orders: Set<string>; later: boolean } {
  const orders = new Set<string>()
  const seen = new Set<string>(things)
  let later = false
  let level = [...things]
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const below: string[] = []
    for (const group of level)
      for (const { member, role, from } of membershipsDuring(table, 'goods', group, at, Number.MAX_SAFE_INTEGER)) {
        if (from > at) later = true
        else if (role === 'order') orders.add(member)
        else if (!seen.has(member)) {
          seen.add(member)
          below.push(member)
        }
      }
    level = below
  }
  return { orders, later }
}
