import type { Candidate, Evidence } from './evidence.ts'

/** A cause never alarms every order for certain: one quiet order must not refute it outright. */
const MOST_CERTAIN = 0.995

/** What is held of alarms before causes are named: how often there are false ones, and how often each sort stands. */
export interface AlarmRates {
  /** Chance of a false alarm of one order in one window. */
  falseAlarm: number
  /** Share of false alarms, and of a cause's alarms, that stand. */
  falseStanding: number
  trueStanding: number
}

/**
 * A set of candidates, each with its reach, and the noisy-OR likelihood of who is alarmed and who is quiet under it.
 * A change of one candidate costs as many steps as there are signatures with it.
 */
export class Hypothesis {
  /** Reach of each candidate; 0 for those not in the set. */
  readonly reach: Float64Array
  readonly candidates: readonly Candidate[]
  considered: readonly number[]
  readonly #signatures: Evidence['signatures']
  /** ln probability that an order of the signature stays quiet. */
  readonly #quiet: Float64Array
  /** ln likelihood of each signature as it is now. */
  readonly #terms: Float64Array
  readonly #signaturesOf: number[][]

  readonly #rates: AlarmRates
  /** Hazard of a false alarm: -ln of the chance that there is none. */
  readonly #base: number

  constructor({ candidates, signatures }: Evidence, rates: AlarmRates) {
    this.candidates = candidates
    this.considered = [...candidates.keys()]
    this.#rates = rates
    this.#base = -Math.log1p(-rates.falseAlarm)
    this.reach = new Float64Array(candidates.length)
    this.#signatures = signatures
    this.#quiet = new Float64Array(signatures.length).fill(-this.#base)
    this.#terms = this.#quiet.map((l, s) => this.#term(s, l))
    this.#signaturesOf = candidates.map(() => [])
    for (const [s, signature] of signatures.entries())
      for (const candidate of signature.candidates) this.#signaturesOf[candidate]?.push(s)
  }

  /**
   * Looks at these candidates alone from now on. Nothing is lost by leaving out those that gain nothing by themselves:
   * an alarm that others explain already leaves less to gain, so no candidate ever gains more than alone.
   */
  consider(candidates: readonly number[]): void {
    this.considered = candidates
  }

  /** Candidates in the set. */
  chosen(): number[] {
    return this.considered.filter((candidate) => (this.reach[candidate] as number) > 0)
  }

  /** By how much ln likelihood would change if the candidate's reach became this; 0 takes it out of the set. */
  gain(candidate: number, reach: number): number {
    const step = stepOf(reach) - stepOf(this.reach[candidate] as number)
    let gain = 0
    for (const s of this.#signaturesOf[candidate] ?? []) {
      const l = this.#quiet[s] as number
      gain += this.#term(s, l + step) - (this.#terms[s] as number)
    }
    return gain
  }

  set(candidate: number, reach: number): void {
    const step = stepOf(reach) - stepOf(this.reach[candidate] as number)
    this.reach[candidate] = reach
    for (const s of this.#signaturesOf[candidate] ?? []) {
      const l = (this.#quiet[s] as number) + step
      this.#quiet[s] = l
      this.#terms[s] = this.#term(s, l)
    }
  }

  logLikelihood(): number {
    let sum = 0
    for (const term of this.#terms) sum += term
    return sum
  }

  /** ln likelihood of the orders of a signature whose chance to stay quiet is e^l. */
  #term(s: number, l: number): number {
    const { quiet, brief, standing } = this.#signatures[s] as Evidence['signatures'][number]
    if (brief + standing === 0) return quiet * l
    const { falseStanding, trueStanding } = this.#rates
    // The share of the hazard that is not the false alarms' is the causes'.
    const share = Math.min(1, this.#base / -l)
    const stands = share * falseStanding + (1 - share) * trueStanding
    return quiet * l + (brief + standing) * lnAlarm(l) + standing * Math.log(stands) + brief * Math.log(1 - stands)
  }

  /** Orders that are in at least one candidate of the set. */
  covered(): { n: number; k: number; standing: number } {
    const covered = { n: 0, k: 0, standing: 0 }
    for (const { candidates, quiet, brief, standing } of this.#signatures)
      if (candidates.some((candidate) => (this.reach[candidate] as number) > 0)) {
        covered.n += quiet + brief + standing
        covered.k += brief + standing
        covered.standing += standing
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
