import type { GroupKind } from './kinds.ts'

/**
 * One thing an event says about where a member is. `in`: it is in the group from `at` on, and was seen there until
 * `last`. `out`: it left the group, or, without a group, whatever it was in.
 */
export interface Fact {
  op: 'in' | 'out'
  /** UTC ms of event time. */
  at: number
  position: number
  group?: string
  kind?: GroupKind
  /**
   * By a move (aggregation, association) or only by being seen: two moves can contradict one another, and each is kept.
   * `bound` holds from the first time on, and being seen again adds nothing.
   */
  how: 'moved' | 'seen' | 'bound'
  last?: number
}

/** A stay in one group; `to` absent: still so. */
export interface Stay {
  group: string
  kind: GroupKind
  from: number
  to?: number
  evidence: number[]
}

/** Sightings nearer than this to the last noted one are not noted: a sensor says where it is each minute. */
const SIGHTING_MS = 15 * 60_000

/**
 * Facts of one slot (a member is in at most one group of a slot at a time) with one more, in event-time order, so that
 * a late event repairs what was believed. Returns the same array when nothing changes.
 */
export function insertFact(facts: readonly Fact[], fact: Fact): readonly Fact[] {
  const index = facts.findIndex((other) => compare(fact, other) < 0)
  const at = index < 0 ? facts.length : index
  const current = stateBefore(facts, at)
  const run = current < 0 ? undefined : facts[current]
  if (fact.op === 'in' && fact.how !== 'moved' && run?.group === fact.group && run !== undefined)
    return fact.how === 'bound' ? facts : seenAgain(facts, current, run, fact)
  if (facts.some((other) => compare(fact, other) === 0 && other.group === fact.group)) return facts
  const next = facts.slice()
  const [first, second] = [facts[at - 2], facts[at - 1]]
  // Of leaving again and again, the first and the newest time: one may yet turn out to end a stay.
  if (fact.op === 'out' && fact.how === 'seen' && run === undefined && isSame(first, fact) && isSame(second, fact)) {
    next[at - 1] = fact
    return next
  }
  // The run was seen on both sides of the new fact: it is two stays.
  const effective = fact.op === 'in' || fact.group === undefined || fact.group === run?.group
  if (run?.last !== undefined && effective && fact.at < run.last) {
    const { last, ...before } = run
    next.splice(at, 0, fact, { ...before, at: last })
    next[current] = before
    return next
  }
  const after = next[at]
  if (
    fact.op === 'in' &&
    fact.how !== 'moved' &&
    after?.how === fact.how &&
    after.op === 'in' &&
    after.group === fact.group
  ) {
    next[at] = { ...fact, last: after.last ?? after.at }
    return next
  }
  next.splice(at, 0, fact)
  return next
}

/** Without what a restated event said: the same operation on the same group at the same time. */
export function retractFact(facts: readonly Fact[], fact: Pick<Fact, 'op' | 'at' | 'group'>): readonly Fact[] {
  const index = facts.findIndex(({ op, at, group }) => op === fact.op && at === fact.at && group === fact.group)
  const found = facts[index]
  if (found === undefined) return facts
  const { last, ...rest } = found
  const next = facts.slice()
  if (last === undefined) next.splice(index, 1)
  else next[index] = { ...rest, at: last }
  return next
}

/** The stays that facts in order amount to. */
export function staysOf(facts: readonly Fact[]): Stay[] {
  const stays: Stay[] = []
  let open: Stay | undefined
  const close = (at: number, position: number) => {
    if (open === undefined) return
    stays.push({ ...open, to: at, evidence: [...open.evidence, position] })
    open = undefined
  }
  for (const { op, group, kind, at, position } of facts) {
    if (op === 'out') {
      if (group === undefined || group === open?.group) close(at, position)
    } else if (group !== undefined && group !== open?.group) {
      close(at, position)
      open = { group, kind: kind ?? 'package', from: at, evidence: [position] }
    }
  }
  if (open !== undefined) stays.push(open)
  return stays
}

/** Two moves that cannot both be true: into another vehicle without leaving the first, or out of one it was not in. */
export interface Contradiction {
  kind: 'two-vehicles' | 'not-inside'
  groups: string[]
  at: number
  positions: number[]
}

export function contradictions(facts: readonly Fact[]): Contradiction[] {
  const found: Contradiction[] = []
  let inside: Fact | undefined
  for (const fact of facts) {
    const { op, group, how, at, position } = fact
    const groups = [inside?.group, group].filter((g) => g !== undefined)
    const positions = [inside?.position, position].filter((p) => p !== undefined)
    if (op === 'in') {
      const both = how === 'moved' && inside?.how === 'moved' && fact.kind === 'vehicle' && inside.kind === 'vehicle'
      if (both && inside?.group !== group) found.push({ kind: 'two-vehicles', groups, at, positions })
      inside = fact
    } else if (group === undefined || group === inside?.group) inside = undefined
    else if (how === 'moved' && inside?.how === 'moved') found.push({ kind: 'not-inside', groups, at, positions })
  }
  return found
}

function seenAgain(facts: readonly Fact[], index: number, run: Fact, fact: Fact): readonly Fact[] {
  if (fact.at < (run.last ?? run.at) + SIGHTING_MS) return facts
  const next = facts.slice()
  next[index] = { ...run, last: fact.at }
  return next
}

function isSame(a: Fact | undefined, b: Fact): boolean {
  return a?.op === b.op && a.group === b.group && a.how === b.how
}

/** Index of the `in` fact that still holds before `index`, or -1. */
function stateBefore(facts: readonly Fact[], index: number): number {
  let holds = -1
  // Back to the last `in`, forward again over the outs that may have ended it.
  let i = index - 1
  while (i >= 0 && facts[i]?.op !== 'in') i--
  if (i < 0) return -1
  holds = i
  for (let j = i + 1; j < index; j++) {
    const { group } = facts[j] ?? {}
    if (group === undefined || group === facts[i]?.group) holds = -1
  }
  return holds
}

function compare(a: Fact, b: Fact): number {
  return a.at - b.at || a.position - b.position || (a.op === b.op ? 0 : a.op === 'out' ? -1 : 1)
}
