import { ANY_LEVEL, BELIEFS, type GroupName, type LevelBelief, levelOf, priorOf } from './groups.ts'
import type { Screen } from './screen.ts'

/** Groups that the alarms cannot tell apart, as they have the same members: one candidate with several names. */
export interface Candidate {
  names: GroupName[]
  n: number
  k: number
  prior: number
  reach: readonly number[]
  /** ln likelihood ratio of independent evidence for each name: a compressor that stands still, a flat line. */
  support: number[]
}

/** Orders in the same candidates: they share one term of the likelihood. */
export interface Signature {
  candidates: number[]
  quiet: number
  /** Alarmed once, and so far not again. */
  brief: number
  /** Alarmed, and noticed again later. */
  standing: number
}

/** All that the explanation of one kind's alarms needs to know. */
export interface Evidence {
  candidates: Candidate[]
  signatures: Signature[]
  /** All fresh orders, the alarmed ones, and those of them whose alarm stands. */
  size: number
  total: number
  standing: number
}

export interface EvidenceOptions {
  beliefs?: Readonly<Record<string, LevelBelief>>
  /** ln likelihood ratio that independent evidence gives a group. */
  support?: (group: GroupName) => number
}

/** Collects what touches the alarmed orders of the woken groups: every group with two or more alarmed members. */
export function gatherEvidence(
  screen: Screen,
  kind: string,
  woken: readonly number[],
  { beliefs = BELIEFS, support = () => 0 }: EvidenceOptions = {},
): Evidence {
  const counters = screen.counters(kind)
  const touched = new Set<number>(woken)
  for (const group of woken)
    for (const order of screen.members(kind, group))
      if (counters.isAlarmed(order))
        for (const other of counters.groupsOf(order)) if ((counters.k[other] as number) >= 2) touched.add(other)

  const classes = new Map<string, { groups: number[]; members: number[] }[]>()
  // By name: the order in which groups were met must not matter.
  const byName = [...touched].sort((a, b) => ((screen.groups.names[a] ?? '') < (screen.groups.names[b] ?? '') ? -1 : 1))
  for (const group of byName) {
    const key = `${counters.n[group]} ${counters.low[group]} ${counters.high[group]}`
    const members = screen.members(kind, group)
    const alike = classes.get(key) ?? []
    const same = alike.find((known) => isSameSet(known.members, members))
    if (same !== undefined) same.groups.push(group)
    else classes.set(key, [...alike, { groups: [group], members }])
  }

  const candidates: Candidate[] = []
  const memberships = new Map<number, number[]>()
  for (const { groups, members } of [...classes.values()].flat()) {
    const [first = 0] = groups
    const named = groups.map((group) => {
      const name = screen.groups.names[group] ?? ''
      const belief = beliefs[levelOf(name)] ?? ANY_LEVEL
      const prior = priorOf(belief, screen.groupsAtLevel(levelOf(name)))
      return { name, support: support(name), prior, reach: belief.reach }
    })
    named.sort((a, b) => Math.log(b.prior) + b.support - Math.log(a.prior) - a.support || (a.name < b.name ? -1 : 1))
    for (const order of members) {
      const inside = memberships.get(order)
      if (inside === undefined) memberships.set(order, [candidates.length])
      else inside.push(candidates.length)
    }
    candidates.push({
      names: named.map(({ name }) => name),
      n: counters.n[first] as number,
      k: counters.k[first] as number,
      prior: named.reduce((sum, { prior }) => sum + prior, 0),
      reach: [...new Set(named.flatMap(({ reach }) => reach))].sort((a, b) => a - b),
      support: named.map((one) => one.support),
    })
  }
  const signatures = new Map<string, Signature>()
  for (const [order, inside] of memberships) {
    const key = inside.join()
    let signature = signatures.get(key)
    if (signature === undefined) {
      signature = { candidates: inside, quiet: 0, brief: 0, standing: 0 }
      signatures.set(key, signature)
    }
    if (counters.isStanding(order)) signature.standing++
    else if (counters.isAlarmed(order)) signature.brief++
    else signature.quiet++
  }
  const { size, total } = counters
  return { candidates, signatures: [...signatures.values()], size, total, standing: counters.standing() }
}

function isSameSet(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  const all = new Set(a)
  return b.every((order) => all.has(order))
}
