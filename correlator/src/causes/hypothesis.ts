import type { Candidate, Evidence } from './evidence.ts'

/** A cause never alarms every order for certain: one quiet order must not refute it outright. */
const MOST_CERTAIN = 0.995

/**
 * A set of candidates, each with its reach, and the noisy-OR likelihood of who is alarmed and who is quiet under it.
 * A change of one candidate costs as many steps as there are signatures with it.
 */
export class Hypothesis {
  /** Reach of each candidate; 0 for those not in the set. */
  readonly reach: Float64Array
  readonly candidates: readonly Candidate[]
  readonly #signatures: Evidence['signatures']
  /** ln probability that an order of the signature stays quiet. */
  readonly #quiet: Float64Array
  readonly #signaturesOf: number[][]

  constructor({ candidates, signatures }: Evidence, falseAlarmRate: number) {
    this.candidates = candidates
    this.reach = new Float64Array(candidates.length)
    this.#signatures = signatures
    this.#quiet = new Float64Array(signatures.length).fill(Math.log1p(-falseAlarmRate))
    this.#signaturesOf = candidates.map(() => [])
    for (const [s, signature] of signatures.entries())
      for (const candidate of signature.candidates) this.#signaturesOf[candidate]?.push(s)
  }

  /** Candidates in the set. */
  chosen(): number[] {
    return [...this.reach.keys()].filter((candidate) => (this.reach[candidate] as number) > 0)
  }

  /** By how much ln likelihood would change if the candidate's reach became this; 0 takes it out of the set. */
  gain(candidate: number, reach: number): number {
    const step = stepOf(reach) - stepOf(this.reach[candidate] as number)
    let gain = 0
    for (const s of this.#signaturesOf[candidate] ?? []) {
      const { quiet, alarmed } = this.#signatures[s] as Evidence['signatures'][number]
      const l = this.#quiet[s] as number
      gain += quiet * step
      if (alarmed > 0) gain += alarmed * (lnAlarm(l + step) - lnAlarm(l))
    }
    return gain
  }

  set(candidate: number, reach: number): void {
    const step = stepOf(reach) - stepOf(this.reach[candidate] as number)
    this.reach[candidate] = reach
    for (const s of this.#signaturesOf[candidate] ?? []) this.#quiet[s] = (this.#quiet[s] as number) + step
  }

  logLikelihood(): number {
    let sum = 0
    for (const [s, { quiet, alarmed }] of this.#signatures.entries()) {
      const l = this.#quiet[s] as number
      sum += quiet * l + (alarmed > 0 ? alarmed * lnAlarm(l) : 0)
    }
    return sum
  }

  /** Orders that are in at least one candidate of the set. */
  covered(): { n: number; k: number } {
    const covered = { n: 0, k: 0 }
    for (const { candidates, quiet, alarmed } of this.#signatures)
      if (candidates.some((candidate) => (this.reach[candidate] as number) > 0)) {
        covered.n += quiet + alarmed
        covered.k += alarmed
      }
    return covered
  }
}

/** What the choice of a candidate adds to the score, apart from the likelihood: prior odds and independent evidence. */
export const logPriorOdds = ({ prior, support }: Candidate): number =>
  Math.log(prior / (1 - prior)) + Math.max(...support)

const stepOf = (reach: number) => (reach === 0 ? 0 : Math.log1p(-Math.min(reach, MOST_CERTAIN)))

/** ln(1 - e^l) for l < 0. */
const lnAlarm = (l: number) => Math.log(-Math.expm1(l))
