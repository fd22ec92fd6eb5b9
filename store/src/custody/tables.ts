import type { Database, RootDatabase } from 'lmdb'
import { KEY_SEPARATOR, keyText } from '../keys.ts'
import type { CustodyFinding } from '../ports.ts'
import type { Role } from './event-custody.ts'
import type { Fact, Stay } from './slot.ts'

/** All facts of one member, by slot. Facts of a device as a watcher have slots of their own. */
export interface CustodyRow {
  member: string
  slots: Record<string, readonly Fact[]>
}

/** A stay as the group sees it. */
export interface Membership extends Stay {
  member: string
  role: Role
  slot: string
}

export type CustodyTables = ReturnType<typeof openCustodyTables>

/** The end of a stay that has not ended: greater than every time. */
export const OPEN_END = Number.MAX_SAFE_INTEGER

export function openCustodyTables(root: RootDatabase) {
  return {
    rows: root.openDB<CustodyRow, string>({ name: 'custody', encoding: 'json' }),
    /**
     * [who, group, end of the stay, member and slot] -> membership. `who` parts the watchers from the goods. By end,
     * because most questions are about now: they read what still is inside and what ended since.
     */
    memberships: root.openDB<Membership, [string, string, number, string]>({ name: 'memberships', encoding: 'json' }),
    findings: root.openDB<CustodyFinding[], string>({ name: 'custody-findings', encoding: 'json' }),
  }
}

export type MembershipTable = Database<Membership, [string, string, number, string]>

export function membershipKey({ role, group, to, member, slot }: Membership): [string, string, number, string] {
  return [who(role), keyText(group), to ?? OPEN_END, `${keyText(member)}${KEY_SEPARATOR}${keyText(slot)}`]
}

/** Everything (or every watcher) whose stay in the group touches the time span; ends count as inside. */
export function* membershipsDuring(
  table: MembershipTable,
  role: 'goods' | 'watchers',
  group: string,
  from: number,
  to: number,
): Iterable<Membership> {
  const key = keyText(group)
  const start: [string, string, number, string] = [role, key, from, '']
  const end: [string, string, number, string] = [role, key, Number.POSITIVE_INFINITY, '']
  for (const { value } of table.getRange({ start, end })) if (value.from <= to) yield value
}

export function who(role: Role): 'goods' | 'watchers' {
  return role === 'device' ? 'watchers' : 'goods'
}
