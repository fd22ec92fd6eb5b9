import { CauseEngine } from '../../src/causes/index.ts'
import { KIND, MINUTE, type Scenario } from './scenario.ts'

/** What a method may look at: fresh orders, their recorded groups, and which of them are alarmed. */
export interface Snapshot {
  members: Map<string, Set<string>>
  groupsOf: Map<string, readonly string[]>
  alarmed: Set<string>
  engine: CauseEngine
}

/** Groups named as causes, strongest first. */
export type Method = (snapshot: Snapshot) => string[]

export function snapshotOf({ orders, notes, now }: Scenario): Snapshot {
  const engine = new CauseEngine()
  for (const { name, groups } of orders) engine.screen.place(name, groups, 0)
  for (const { at, order, what } of notes)
    if (what === 'seen') engine.screen.seen(order, KIND, at)
    else engine.screen.alarm(order, KIND, at)
  engine.screen.advance(now)
  // The baselines' view is counted anew from the notes, not read from the engine.
  const bucket = (at: number) => Math.floor(at / MINUTE)
  const fresh = new Set(notes.filter(({ at }) => bucket(at) >= bucket(now) - 5).map(({ order }) => order))
  const alarms = notes.filter(({ what, at }) => what === 'alarm' && bucket(at) > bucket(now) - 15)
  const alarmed = new Set(alarms.map(({ order }) => order).filter((order) => fresh.has(order)))
  const groupsOf = new Map(orders.filter(({ name }) => fresh.has(name)).map(({ name, groups }) => [name, groups]))
  const members = new Map<string, Set<string>>()
  for (const [order, groups] of groupsOf)
    for (const group of groups) {
      const known = members.get(group)
      if (known === undefined) members.set(group, new Set([order]))
      else known.add(order)
    }
  return { members, groupsOf, alarmed, engine }
}

/** The names of the table, ours first, and the best known simple ones. Each baseline has one stopping rule. */
export const METHODS: Record<string, Method> = {
  'Waytrace (scan, then explain)': ({ engine }) => engine.report(KIND).causes.map(({ names }) => names[0] ?? ''),
  'Waytrace, odds of 20 : 1 or more': ({ engine }) =>
    engine
      .report(KIND)
      .causes.filter(({ logOdds }) => logOdds >= 3)
      .map(({ names }) => names[0] ?? ''),
  'scan alone, LLR > 9': (snapshot) => scan(snapshot, 9),
  'scan alone, LLR > 7': (snapshot) => scan(snapshot, 7),
  'group by truck or room, 3 alarms': (snapshot) =>
    ranked(snapshot, (group, k) => (/^(truck|room):/.test(group) && k >= 3 ? k : 0)).map(([group]) => group),
  'SCORE, hit ratio .5': (snapshot) => setCover(snapshot, 0.5),
  'SCORE, hit ratio .7': (snapshot) => setCover(snapshot, 0.7),
  'voting (007)': vote,
  'lift, 3 alarms': (snapshot) => {
    const share = snapshot.alarmed.size / Math.max(1, snapshot.groupsOf.size)
    return ranked(snapshot, (_, k, n) => (k >= 3 && k / n > 5 * share ? k / n / share : 0)).map(([group]) => group)
  },
}

const scan = ({ engine }: Snapshot, threshold: number) =>
  engine.screen.suspects(KIND, threshold).map(({ group }) => engine.screen.groups.names[group] ?? '')

function ranked({ members, alarmed }: Snapshot, score: (group: string, k: number, n: number) => number) {
  const scored: [string, number][] = []
  for (const [group, orders] of members) {
    let k = 0
    for (const order of orders) if (alarmed.has(order)) k++
    const value = score(group, k, orders.size)
    if (value > 0) scored.push([group, value])
  }
  return scored.sort((a, b) => b[1] - a[1])
}

/** Greedy cover of the alarms by groups hit often enough; stops when a group would cover only one more alarm. */
function setCover({ members, alarmed }: Snapshot, hit: number): string[] {
  const left = new Set(alarmed)
  const named: string[] = []
  for (;;) {
    let best: { group: string; covers: number } | undefined
    for (const [group, orders] of members) {
      let k = 0
      let covers = 0
      for (const order of orders) {
        if (alarmed.has(order)) k++
        if (left.has(order)) covers++
      }
      if (orders.size >= 3 && k / orders.size >= hit && covers >= 2 && covers > (best?.covers ?? 0))
        best = { group, covers }
    }
    if (best === undefined) return named
    named.push(best.group)
    for (const order of members.get(best.group) ?? []) left.delete(order)
  }
}

/** Each alarm shares one vote among its groups; the winner's alarms are taken away; stops below one whole vote. */
function vote({ members, groupsOf, alarmed }: Snapshot): string[] {
  const left = new Set(alarmed)
  const named: string[] = []
  for (;;) {
    const votes = new Map<string, number>()
    for (const order of left) {
      const groups = groupsOf.get(order) ?? []
      for (const group of groups) votes.set(group, (votes.get(group) ?? 0) + 1 / groups.length)
    }
    // Votes per expected vote: without it the largest group always wins.
    const share = left.size / Math.max(1, groupsOf.size)
    const worth = ([group, count]: [string, number]) => count / Math.sqrt(1 + share * (members.get(group)?.size ?? 0))
    const [best] = [...votes].filter(([, count]) => count >= 1).sort((a, b) => worth(b) - worth(a))
    if (best === undefined || worth(best) < 0.5) return named
    named.push(best[0])
    for (const order of members.get(best[0]) ?? []) left.delete(order)
  }
}
