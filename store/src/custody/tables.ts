import type { Database, RootDatabase } from 'lmdb'
import { KEY_SEPARATOR, keyText } from '../keys.ts'
import type { CustodyFinding } from '../ports.ts'
import type { Role } from './event-custody.ts'
import type { GroupKind } from './kinds.ts'
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
const OPEN_END = Number.MAX_SAFE_INTEGER

export function openCustodyTables(root: RootDatabase) {
  return {
    rows: root.openDB<CustodyRow, string>({ name: 'custody', encoding: 'json' }),
    /**
     * [who, group, end of the stay, member and slot] -> membership. `who` parts the watchers from the goods. By end,
     * because most questions are about now: they read what still is inside and what ended since.
     */
    memberships: root.openDB<Packed, MembershipKey>({ name: 'memberships', encoding: 'json' }),
    findings: root.openDB<CustodyFinding[], string>({ name: 'custody-findings', encoding: 'json' }),
  }
}

/** Member, role, slot, group, kind, from, to, evidence: positional, for there are many. */
type Packed = [string, Role, string, string, GroupKind, number, number | null, ...number[]]
type MembershipKey = [string, string, number, string]
export type MembershipTable = Database<Packed, MembershipKey>

/** Inside a commit. */
export function putMembership(table: MembershipTable, membership: Membership): void {
  const { member, role, slot, group, kind, from, to, evidence } = membership
  void table.put(membershipKey(membership), [member, role, slot, group, kind, from, to ?? null, ...evidence])
}

/** Inside a commit. */
export function removeMembership(table: MembershipTable, membership: Membership): void {
  void table.remove(membershipKey(membership))
}

function membershipKey({ role, group, to, member, slot }: Membership): MembershipKey {
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
  const start: MembershipKey = [role, key, from, '']
  const end: MembershipKey = [role, key, Number.POSITIVE_INFINITY, '']
  for (const { value } of table.getRange({ start, end })) if (value[5] <= to) yield unpacked(value)
}

/** Goods that are in the group and have not left, and UTC ms of the newest end of a stay in it. */
export function membershipsNow(table: MembershipTable, group: string): { inside: Membership[]; lastEnd: number } {
  const key = keyText(group)
  const start: MembershipKey = ['goods', key, Number.POSITIVE_INFINITY, '']
  const end: MembershipKey = ['goods', key, Number.NEGATIVE_INFINITY, '']
  const inside: Membership[] = []
  for (const { value } of table.getRange({ start, end, reverse: true })) {
    const membership = unpacked(value)
    if (membership.to !== undefined) return { inside, lastEnd: membership.to }
    inside.push(membership)
  }
  return { inside, lastEnd: Number.NEGATIVE_INFINITY }
}

function unpacked([member, role, slot, group, kind, from, to, ...evidence]: Packed): Membership {
  const membership: Membership = { member, role, slot, group, kind, from, evidence }
  if (to !== null) membership.to = to
  return membership
}

function who(role: Role): 'goods' | 'watchers' {
  return role === 'device' ? 'watchers' : 'goods'
}
