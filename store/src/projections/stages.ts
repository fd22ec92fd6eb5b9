import { NODES, type Node } from '@waytrace/standard'

/** How long orders took from one reached node to the next: count, sum and sum of squares in seconds. */
export type StageMeans = Record<string, { n: number; sum: number; squares: number }>

/** Fewer orders than this teach nothing about a stage. */
const MIN_ORDERS = 3

/** The stages an order went through: each reached node with the one reached before it, in lifecycle order. */
export function stagesOf(reached: readonly { node: Node; ms: number }[]): Map<string, number> {
  const stages = new Map<string, number>()
  for (let i = 1; i < reached.length; i++) {
    const [from, to] = [reached[i - 1], reached[i]]
    if (from !== undefined && to !== undefined && to.ms >= from.ms)
      stages.set(`${from.node}>${to.node}`, (to.ms - from.ms) / 1000)
  }
  return stages
}

/** What is learned from an order that changed: its old stages are forgotten, its new ones counted. */
export function learnStages(
  means: StageMeans,
  before: readonly { node: Node; ms: number }[],
  after: readonly { node: Node; ms: number }[],
): boolean {
  const [old, now] = [stagesOf(before), stagesOf(after)]
  let changed = false
  const add = (stage: string, seconds: number, sign: 1 | -1) => {
    const mean = means[stage] ?? { n: 0, sum: 0, squares: 0 }
    means[stage] = { n: mean.n + sign, sum: mean.sum + sign * seconds, squares: mean.squares + sign * seconds ** 2 }
    changed = true
  }
  for (const [stage, seconds] of old) if (now.get(stage) !== seconds) add(stage, seconds, -1)
  for (const [stage, seconds] of now) if (old.get(stage) !== seconds) add(stage, seconds, 1)
  return changed
}

/** Mean duration of a stage in seconds and its standard deviation, when enough orders taught it. */
export function stageMean(
  means: StageMeans,
  from: Node,
  to: Node,
): { mean: number; sd: number; n: number } | undefined {
  const stage = means[`${from}>${to}`]
  if (stage === undefined || stage.n < MIN_ORDERS) return undefined
  const mean = stage.sum / stage.n
  return { mean, sd: Math.sqrt(Math.max(0, stage.squares / stage.n - mean ** 2)), n: stage.n }
}

/**
 * When each node is expected, UTC ms: from the node reached before it by the mean of the stage. Stages nobody has
 * taught yet share what time the promise (to `accepted`) leaves; without a promise their nodes have no expectation.
 */
export function expectedTimes(
  reached: readonly { node: Node; ms: number }[],
  means: StageMeans,
  promisedMs: number | undefined,
): Partial<Record<Node, number>> {
  const expected: Partial<Record<Node, number>> = {}
  for (let i = 1; i < reached.length; i++) {
    const [from, to] = [reached[i - 1], reached[i]]
    if (from === undefined || to === undefined) continue
    const stage = stageMean(means, from.node, to.node)
    if (stage !== undefined) expected[to.node] = from.ms + stage.mean * 1000
  }
  const last = reached.at(-1)
  if (last === undefined) return expected
  const ahead = NODES.slice(NODES.findIndex(({ node }) => node === last.node)).map(({ node }) => node)
  const share = unknownShare(ahead, last.ms, means, promisedMs)
  let at: number | undefined = last.ms
  for (let i = 1; i < ahead.length; i++) {
    const [from, to] = [ahead[i - 1], ahead[i]]
    if (from === undefined || to === undefined || at === undefined) break
    const stage = stageMean(means, from, to)
    const promised = promisedMs !== undefined && to !== 'put_away'
    at = stage !== undefined ? at + stage.mean * 1000 : promised ? at + share : undefined
    if (at !== undefined) expected[to] = at
  }
  return expected
}

function unknownShare(ahead: readonly Node[], from: number, means: StageMeans, promisedMs: number | undefined): number {
  if (promisedMs === undefined) return 0
  let left = promisedMs - from
  let unknown = 0
  for (let i = 1; i < ahead.length && ahead[i] !== 'put_away'; i++) {
    const [a, b] = [ahead[i - 1], ahead[i]]
    const stage = a === undefined || b === undefined ? undefined : stageMean(means, a, b)
    if (stage === undefined) unknown += 1
    else left -= stage.mean * 1000
  }
  return unknown === 0 ? 0 : Math.max(0, left) / unknown
}
