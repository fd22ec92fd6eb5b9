import { seededRandom } from '../random.ts'
import type { Snapshot } from './methods.ts'

/** One run of one method against the truth. */
export interface Judged {
  hits: number
  wrong: number
  missed: number
  /** The same by exact name. */
  exactHits: number
  /** Whether the strongest name is a true cause; undefined where there was no fault. */
  top1: boolean | undefined
  /** Faults among the first three names. */
  top3: number
  faults: { level: string; named: string }[]
}

/** Two names are one class when they have the same fresh members: no alarm can tell them apart. */
export function judge(named: readonly string[], truth: readonly string[], { members }: Snapshot): Judged {
  const isClass = (a: string, b: string) => a === b || isSame(members.get(a), members.get(b))
  const found = truth.map((group) => named.findIndex((name) => isClass(name, group)))
  const hits = found.filter((at) => at >= 0).length
  const wrong = named.filter((name) => !truth.some((group) => isClass(name, group))).length
  return {
    hits,
    wrong,
    missed: truth.length - hits,
    exactHits: truth.filter((group) => named.includes(group)).length,
    top1: truth.length === 0 ? undefined : found.includes(0),
    top3: found.filter((at) => at >= 0 && at < 3).length,
    faults: truth.map((group, i) => ({
      level: levelOf(group),
      named: (found[i] ?? -1) >= 0 ? levelOf(group) : (nearest(group, named, members) ?? 'nothing'),
    })),
  }
}

const levelOf = (group: string) => group.split(':')[0] ?? ''

function isSame(a: Set<string> | undefined, b: Set<string> | undefined): boolean {
  if (a === undefined || b === undefined || a.size !== b.size) return false
  for (const order of a) if (!b.has(order)) return false
  return true
}

/** The level that was named for a missed fault: the named group that shares most orders with it. */
function nearest(group: string, named: readonly string[], members: Snapshot['members']): string | undefined {
  let best: string | undefined
  let most = 0
  for (const name of named) {
    let shared = 0
    for (const order of members.get(name) ?? []) if (members.get(group)?.has(order)) shared++
    if (shared <= most) continue
    most = shared
    best = levelOf(name)
  }
  return best
}

export interface Totals {
  precision: number
  recall: number
  f1: number
  /** 95 % interval of f1, by drawing the runs anew 500 times. */
  low: number
  high: number
  exactF1: number
  top1: number
  top3: number
}

export function totals(runs: readonly Judged[]): Totals {
  const sum = (of: (run: Judged) => number, from = runs) => from.reduce((all, run) => all + of(run), 0)
  const f1 = (from: readonly Judged[]) => {
    const hits = sum((run) => run.hits, from)
    return (2 * hits) / Math.max(1, 2 * hits + sum((run) => run.wrong + run.missed, from))
  }
  const hits = sum((run) => run.hits)
  const faults = hits + sum((run) => run.missed)
  const namedCount = hits + sum((run) => run.wrong)
  const random = seededRandom(1)
  const drawn = Array.from({ length: 500 }, () => f1(runs.map(() => random.pick(runs)))).sort((a, b) => a - b)
  const withFaults = runs.filter(({ top1 }) => top1 !== undefined)
  return {
    precision: hits / Math.max(1, namedCount),
    recall: hits / Math.max(1, faults),
    f1: f1(runs),
    low: drawn[12] ?? 0,
    high: drawn[487] ?? 0,
    exactF1: (2 * sum((run) => run.exactHits)) / Math.max(1, namedCount + faults),
    top1: withFaults.filter(({ top1 }) => top1).length / Math.max(1, withFaults.length),
    top3: sum((run) => run.top3) / Math.max(1, faults),
  }
}
