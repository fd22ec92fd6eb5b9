import type { Role } from './event-custody.ts'
import { type Inside, insideAt } from './inside.ts'
import { type Membership, type MembershipTable, membershipsNow } from './tables.ts'

/** What is in a group now, as far as goods are concerned. */
interface Now {
  /** Member and slot -> since when. */
  inside: Map<string, { member: string; role: Role; from: number }>
  /** The answer holds for times from here on: the last time anything came or went. */
  since: number
}

/**
 * What is in the groups that are asked for again and again (trucks that report each minute), held in memory by the
 * one writer. For the newest times it needs no look at the disk; for others it leaves the question to the table.
 */
export function groupContents(table: MembershipTable, capacity = 20_000) {
  let groups = new Map<string, Now>()

  function load(group: string): Now {
    const { inside, lastEnd } = membershipsNow(table, group)
    const now: Now = { inside: new Map(), since: lastEnd }
    for (const membership of inside) add(now, membership)
    if (groups.size >= capacity) groups = new Map()
    groups.set(group, now)
    return now
  }

  return {
    at(group: string, ms: number): Iterable<Inside> {
      const now = groups.get(group) ?? load(group)
      return ms > now.since ? now.inside.values() : insideAt(table, group, ms)
    },
    changed(group: string, removed: readonly Membership[], added: readonly Membership[]): void {
      const now = groups.get(group)
      if (now === undefined) return
      for (const { member, slot } of removed) now.inside.delete(`${member}\t${slot}`)
      for (const membership of added) add(now, membership)
    },
    forget(): void {
      groups = new Map()
    },
  }
}

function add(now: Now, { member, role, slot, from, to }: Membership): void {
  if (to === undefined) now.inside.set(`${member}\t${slot}`, { member, role, from })
  now.since = Math.max(now.since, from, to ?? from)
}
