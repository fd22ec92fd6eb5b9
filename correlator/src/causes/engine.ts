import { type Evidence, type EvidenceOptions, gatherEvidence } from './evidence.ts'
import { type Explanation, explain } from './explain.ts'
import type { AlarmRates } from './hypothesis.ts'
import type { KindCounters } from './kind-counters.ts'
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

const THRESHOLD = 6
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
    const counters = this.screen.counters(kind)
    const learnt = this.rate(kind)
    const suspects = this.screen.suspects(kind, threshold)
    if (suspects.length === 0) return quietReport(kind, learnt, counters)
    const woken = suspects.map(({ group }) => group)
    const evidence = gatherEvidence(this.screen, kind, woken, this.#options)
    // Starting from what the suspects leave: with too low a rate to begin with, a few groups that hold everybody
    // between them would explain the false alarms of all.
    let rates = ratesOf(evidence, learnt.rate(this.screen.outside(kind, woken)), undefined)
    let explanation = explain(evidence, rates)
    for (let round = 1; round < ROUNDS; round++) {
      const next = ratesOf(evidence, learnt.rate(explanation.outside), explanation)
      if (isClose(next, rates)) break
      rates = next
      explanation = explain(evidence, rates)
    }
    const causes = explanation.causes.filter(({ logOdds }) => logOdds >= leastLogOdds)
    return { ...explanation, causes, kind, falseAlarmRate: rates.falseAlarm, scanScore: suspects[0]?.llr }
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

function quietReport(kind: string, learnt: FalseAlarmRate, counters: KindCounters): KindReport {
  const outside = { n: counters.size, k: counters.total, standing: 0 }
  return {
    kind,
    falseAlarmRate: learnt.rate(outside),
    scanScore: undefined,
    causes: [],
    unexplained: 0,
    outside,
    inside: { k: 0, standing: 0 },
    score: 0,
  }
}

/** Rates this near to one another give the same explanation. */
const isClose = (a: AlarmRates, b: AlarmRates) =>
  Math.abs(Math.log(a.falseAlarm / b.falseAlarm)) < 0.1 &&
  Math.abs(a.falseStanding - b.falseStanding) < 0.05 &&
  Math.abs(a.trueStanding - b.trueStanding) < 0.05

/** Alarms of each sort believed in before any were seen, all standing as often as alarms do in general. */
const BELIEVED = 5

/** How often false alarms and true ones stand, from an explanation of the same alarms; the same for both without one. */
function ratesOf(evidence: Evidence, falseAlarm: number, found: Explanation | undefined): AlarmRates {
  const overall = (evidence.standing + 1) / (evidence.total + 2)
  const share = (of: { k: number; standing: number } | undefined) =>
    ((of?.standing ?? 0) + BELIEVED * overall) / ((of?.k ?? 0) + BELIEVED)
  return { falseAlarm, falseStanding: share(found?.outside), trueStanding: share(found?.inside) }
}
