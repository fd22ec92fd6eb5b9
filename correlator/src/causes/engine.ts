import { type EvidenceOptions, gatherEvidence } from './evidence.ts'
import { type Explanation, explain } from './explain.ts'
import { FalseAlarmRate } from './rates.ts'
import { Screen, type ScreenOptions } from './screen.ts'

export interface CauseOptions extends ScreenOptions, EvidenceOptions {
  /** A scan score above this wakes the explanation; in nats. See `calibrate`. */
  threshold?: number
  /** A cause is named when the odds for it are at least e to this. */
  leastLogOdds?: number
}

/** The alarms of one kind, explained. */
export interface KindReport extends Explanation {
  kind: string
  falseAlarmRate: number
  /** The strongest scan score; undefined when nothing was woken. */
  scanScore: number | undefined
}

const THRESHOLD = 9
const LEAST_LOG_ODDS = 0
/** The rate and the explanation depend on one another; they settle after two rounds. */
const ROUNDS = 3

/**
 * Names the causes that alarmed orders share: `screen` takes the stream, `tick` explains what it holds. Pure: the same
 * facts give the same causes, in whatever order they came.
 */
export class CauseEngine {
  readonly screen: Screen
  readonly #options: CauseOptions
  readonly #rates = new Map<string, FalseAlarmRate>()

  constructor(options: CauseOptions = {}) {
    this.#options = options
    this.screen = new Screen(options)
  }

  /** What the alarms of each kind have in common, as of `now`; kinds without a suspect are left out. */
  tick(now: number): KindReport[] {
    this.screen.advance(now)
    return this.screen.kinds().flatMap((kind) => {
      const report = this.report(kind)
      return report.scanScore === undefined ? [] : [report]
    })
  }

  /** The present alarms of one kind, explained. */
  report(kind: string): KindReport {
    const { threshold = THRESHOLD, leastLogOdds = LEAST_LOG_ODDS } = this.#options
    const { size, total } = this.screen.counters(kind)
    const rate = this.rate(kind)
    const suspects = this.screen.suspects(kind, threshold)
    if (suspects.length === 0) {
      const falseAlarmRate = rate.rate({ n: size, k: total })
      const outside = { n: size, k: total }
      return {
        kind,
        falseAlarmRate,
        scanScore: undefined,
        causes: [],
        unexplained: 0,
        outside,
        score: 0,
      }
    }
    const woken = suspects.map(({ group }) => group)
    const evidence = gatherEvidence(this.screen, kind, woken, this.#options)
    let falseAlarmRate = rate.rate()
    let explanation = explain(evidence, falseAlarmRate)
    for (let round = 1; round < ROUNDS; round++) {
      falseAlarmRate = rate.rate(explanation.outside)
      explanation = explain(evidence, falseAlarmRate)
    }
    const causes = explanation.causes.filter(({ logOdds }) => logOdds >= leastLogOdds)
    return { ...explanation, causes, kind, falseAlarmRate, scanScore: suspects[0]?.llr }
  }

  /** Learns the false alarm rates from the orders in no incident; call once per window. */
  learn(): void {
    for (const kind of this.screen.kinds()) this.rate(kind).observe(this.report(kind).outside)
  }

  rate(kind: string): FalseAlarmRate {
    let rate = this.#rates.get(kind)
    if (rate === undefined) {
      rate = new FalseAlarmRate()
      this.#rates.set(kind, rate)
    }
    return rate
  }
}
