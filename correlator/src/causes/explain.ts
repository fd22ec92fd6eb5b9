import type { Evidence } from './evidence.ts'
import type { GroupName } from './groups.ts'
import { type AlarmRates, Hypothesis, logPriorOdds } from './hypothesis.ts'

/** A candidate that might be meant instead, and by how many nats it is less believable. */
export interface Rival {
  names: GroupName[]
  margin: number
}

/** One cause among those that explain the alarms of a kind together. */
export interface Cause {
  /** Most believable first. Several names: groups with the same members, which no alarm can tell apart. */
  names: GroupName[]
  n: number
  k: number
  nOutside: number
  kOutside: number
  /** Share of its orders that it alarms. */
  reach: number
  /** ln of how much more probable the alarms are with it than with the best explanation without it. */
  logBayesFactor: number
  /** The same with what was believed before and with independent evidence: ln odds that this is a cause. */
  logOdds: number
  /** The best other candidate in its place. */
  runnerUp: Rival | undefined
  /** All that are as good within odds of 20 : 1, this one left out; empty when one name can be given. */
  ambiguousWith: Rival[]
}

export interface Explanation {
  causes: Cause[]
  /** Alarms of orders in no cause, above what false alarms explain: a cause outside the recorded attributes. */
  unexplained: number
  /** Fresh orders in no cause, and the alarmed ones among them: what the false alarm rate is learnt from. */
  outside: { n: number; k: number; standing: number }
  /** Alarmed orders in causes, and those of them whose alarm stands. */
  inside: { k: number; standing: number }
  score: number
}

/** Odds of 20 : 1. */
export const AMBIGUOUS_NATS = 3
const MAX_MOVES = 30
/** A move must gain more than rounding does. */
const LEAST_GAIN = 1e-9

/**
 * The most believable set of causes by the best single addition, removal, exchange or change of reach, until none
 * gains; then each cause with its evidence. Deterministic.
 */
export function explain(evidence: Evidence, rates: AlarmRates): Explanation {
  const hypothesis = new Hypothesis(evidence, rates)
  hypothesis.consider([...additions(hypothesis)].filter(({ gain }) => gain > 0).map(({ candidate }) => candidate))
  for (let move = 0; move < MAX_MOVES; move++) if (!improve(hypothesis)) break
  const chosen = hypothesis.chosen()
  const causes = chosen.map((candidate) => describe(candidate, hypothesis, evidence))
  causes.sort((a, b) => b.logOdds - a.logOdds || ((a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1))
  const covered = hypothesis.covered()
  const outside = {
    n: evidence.size - covered.n,
    k: evidence.total - covered.k,
    standing: evidence.standing - covered.standing,
  }
  return {
    causes,
    unexplained: Math.max(0, outside.k - rates.falseAlarm * outside.n),
    outside,
    inside: { k: covered.k, standing: covered.standing },
    score: scoreOf(hypothesis),
  }
}

export function scoreOf(hypothesis: Hypothesis): number {
  const priors = hypothesis
    .chosen()
    .map((c) => logPriorOdds(hypothesis.candidates[c] as Evidence['candidates'][number]))
  return priors.reduce((sum, prior) => sum + prior, hypothesis.logLikelihood())
}

interface Move {
  candidate: number
  reach: number
  gain: number
}

/** Makes the best move there is; false when none gains. */
function improve(hypothesis: Hypothesis): boolean {
  let best: Move[] = []
  let most = LEAST_GAIN
  const consider = (moves: Move[]) => {
    const gain = moves.reduce((sum, move) => sum + move.gain, 0)
    if (gain <= most) return
    best = moves
    most = gain
  }
  const chosen = hypothesis.chosen()
  for (const added of additions(hypothesis)) consider([added])
  for (const candidate of chosen) {
    const before = hypothesis.reach[candidate] as number
    const { reach, prior } = factsOf(hypothesis, candidate)
    for (const other of reach) if (other !== before) consider([move(hypothesis, candidate, other, 0)])
    const removal = move(hypothesis, candidate, 0, -prior)
    consider([removal])
    hypothesis.set(candidate, 0)
    for (const added of additions(hypothesis)) if (added.candidate !== candidate) consider([removal, added])
    hypothesis.set(candidate, before)
  }
  for (const { candidate, reach } of best) hypothesis.set(candidate, reach)
  return best.length > 0
}

/** Each candidate not in the set, at the reach that suits it best. */
function* additions(hypothesis: Hypothesis): Iterable<Move> {
  for (const candidate of hypothesis.considered) {
    if ((hypothesis.reach[candidate] as number) > 0) continue
    const { reach, prior } = factsOf(hypothesis, candidate)
    let best: Move | undefined
    for (const share of reach) {
      const added = move(hypothesis, candidate, share, prior)
      if (best === undefined || added.gain > best.gain) best = added
    }
    if (best !== undefined) yield best
  }
}

const move = (hypothesis: Hypothesis, candidate: number, reach: number, prior: number): Move => ({
  candidate,
  reach,
  gain: hypothesis.gain(candidate, reach) + prior,
})

function factsOf(hypothesis: Hypothesis, index: number) {
  const candidate = hypothesis.candidates[index] as Evidence['candidates'][number]
  return { reach: candidate.reach, prior: logPriorOdds(candidate) }
}

function describe(index: number, hypothesis: Hypothesis, evidence: Evidence): Cause {
  const candidate = evidence.candidates[index] as Evidence['candidates'][number]
  const reach = hypothesis.reach[index] as number
  hypothesis.set(index, 0)
  const prior = logPriorOdds(candidate)
  // As the reach is fitted, its best value alone would flatter the cause: the likelihood is averaged over all values.
  const gains = candidate.reach.map((share) => hypothesis.gain(index, share))
  const averaged = logMean(gains)
  const own = Math.max(...gains) + prior
  const rivals = [...additions(hypothesis)]
    .filter((rival) => rival.candidate !== index)
    .map((rival) => ({ ...rival, names: evidence.candidates[rival.candidate]?.names ?? [], margin: own - rival.gain }))
    .sort((a, b) => a.margin - b.margin || ((a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1))
  const [first] = rivals
  // The best explanation without it has the best rival in its place, where that rival is worth its prior.
  const without = first !== undefined && first.gain > 0 ? hypothesis.gain(first.candidate, first.reach) : 0
  hypothesis.set(index, reach)
  const asRival = ({ names, margin }: Rival): Rival => ({ names, margin })
  return {
    names: candidate.names,
    n: candidate.n,
    k: candidate.k,
    nOutside: evidence.size - candidate.n,
    kOutside: evidence.total - candidate.k,
    reach,
    logBayesFactor: averaged - without,
    logOdds: averaged + prior - Math.max(0, first?.gain ?? 0),
    runnerUp: first && asRival(first),
    ambiguousWith: [
      ...twins(candidate),
      ...rivals.filter(({ margin, gain }) => margin < AMBIGUOUS_NATS && gain > 0).map(asRival),
    ],
  }
}

/** The other names of the same members, unless independent evidence speaks clearly for the first. */
function twins({ names, support }: Evidence['candidates'][number]): Rival[] {
  const [first = 0] = support
  return names
    .slice(1)
    .map((name, i) => ({ names: [name], margin: first - (support[i + 1] ?? 0) }))
    .filter(({ margin }) => margin < AMBIGUOUS_NATS)
}

function logMean(values: readonly number[]): number {
  const most = Math.max(...values)
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0) / values.length)
}
