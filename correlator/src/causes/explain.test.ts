import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Candidate, Evidence } from './evidence.ts'
import { explain, scoreOf } from './explain.ts'
import { Hypothesis } from './hypothesis.ts'

const RATES = { falseAlarm: 0.02, falseStanding: 0.3, trueStanding: 0.6 }
const REACH = [0.3, 0.6, 0.9]

const candidate = (name: string, over: Partial<Candidate> = {}): Candidate => ({
  names: [name],
  n: 0,
  k: 0,
  prior: 0.002,
  reach: REACH,
  support: [0],
  ...over,
})

/** Six groups, nested and crossing, with random orders in them. */
const worlds = fc
  .array(
    fc.record({
      candidates: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 3 }),
      quiet: fc.nat(6),
      brief: fc.nat(3),
      standing: fc.nat(3),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((signatures): Evidence => {
    const sum = (of: (s: Evidence['signatures'][number]) => number) => signatures.reduce((all, s) => all + of(s), 0)
    return {
      candidates: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => candidate(`truck:${name}`)),
      signatures,
      size: sum((s) => s.quiet + s.brief + s.standing) + 200,
      total: sum((s) => s.brief + s.standing) + 4,
      standing: sum((s) => s.standing) + 1,
    }
  })

/** The best score over all sets of up to four candidates at all reaches. */
function exactBest(evidence: Evidence): number {
  const hypothesis = new Hypothesis(evidence, RATES)
  let best = scoreOf(hypothesis)
  const walk = (from: number, depth: number) => {
    best = Math.max(best, scoreOf(hypothesis))
    if (depth === 4) return
    for (let c = from; c < evidence.candidates.length; c++)
      for (const reach of REACH) {
        hypothesis.set(c, reach)
        walk(c + 1, depth + 1)
        hypothesis.set(c, 0)
      }
  }
  walk(0, 0)
  return best
}

test('the search finds the best of all sets in nearly every small world, and is never far from it', () => {
  let tried = 0
  let exact = 0
  fc.assert(
    fc.property(worlds, (evidence) => {
      const short = exactBest(evidence) - explain(evidence, RATES).score
      tried++
      if (short < 1e-6) exact++
      expect(short).toBeLessThan(3)
    }),
    { numRuns: 60, seed: 11 },
  )
  expect(exact / tried).toBeGreaterThan(0.9)
})

test('a change of the likelihood is the difference of the likelihoods', () => {
  fc.assert(
    fc.property(worlds, fc.nat(5), fc.constantFrom(...REACH), fc.nat(5), (evidence, first, reach, second) => {
      const hypothesis = new Hypothesis(evidence, RATES)
      hypothesis.set(first, 0.6)
      const before = hypothesis.logLikelihood()
      const gain = hypothesis.gain(second, reach)
      hypothesis.set(second, reach)
      expect(hypothesis.logLikelihood() - before).toBeCloseTo(gain, 8)
    }),
  )
})

test('no candidate gains more beside others than alone', () => {
  fc.assert(
    fc.property(worlds, fc.nat(5), fc.nat(5), fc.constantFrom(...REACH), (evidence, other, one, reach) => {
      fc.pre(other !== one)
      const flat = { ...RATES, trueStanding: RATES.falseStanding }
      const hypothesis = new Hypothesis(evidence, flat)
      const alone = hypothesis.gain(one, reach)
      hypothesis.set(other, 0.6)
      expect(hypothesis.gain(one, reach)).toBeLessThanOrEqual(alone + 1e-9)
    }),
  )
})

test('one failing truck on a busy leg is the truck, not the leg', () => {
  const evidence: Evidence = {
    candidates: [candidate('truck:7', { n: 10, k: 8 }), candidate('leg:3', { n: 40, k: 9, prior: 0.005 })],
    signatures: [
      { candidates: [0, 1], quiet: 2, brief: 2, standing: 6 },
      { candidates: [1], quiet: 29, brief: 1, standing: 0 },
    ],
    size: 1000,
    total: 20,
    standing: 8,
  }
  const { causes, unexplained } = explain(evidence, RATES)
  expect(causes.map(({ names }) => names)).toEqual([['truck:7']])
  expect(causes[0]).toMatchObject({ n: 10, k: 8, nOutside: 990, kOutside: 12, ambiguousWith: [] })
  expect(causes[0]?.logBayesFactor).toBeGreaterThan(10)
  expect(unexplained).toBe(0)
})

test('groups with the same members are never told apart by alarms, but by independent evidence', () => {
  const world = (support: number[]): Evidence => ({
    candidates: [candidate('x', { names: ['truck:1', 'leg:1'], n: 8, k: 6, support })],
    signatures: [{ candidates: [0], quiet: 2, brief: 0, standing: 6 }],
    size: 500,
    total: 8,
    standing: 6,
  })
  const blind = explain(world([0, 0]), RATES).causes[0]
  expect(blind?.ambiguousWith).toEqual([{ names: ['leg:1'], margin: 0 }])
  const seen = explain(world([5, 0]), RATES).causes[0]
  expect(seen?.ambiguousWith).toEqual([])
  expect(seen?.logOdds).toBeGreaterThan(blind?.logOdds ?? 0)
})

test('alarms that no group explains are left over for a cause outside the recorded attributes', () => {
  const evidence: Evidence = {
    candidates: [candidate('truck:1', { n: 6, k: 5 })],
    signatures: [{ candidates: [0], quiet: 1, brief: 0, standing: 5 }],
    size: 500,
    total: 65,
    standing: 30,
  }
  expect(explain(evidence, RATES).unexplained).toBeCloseTo(60 - 0.02 * 494, 6)
})
