const MINUTE = 60_000

/** Limits of the alarm rules. Times in ms of event time. */
export interface RuleConfig {
  limits: {
    /** One excursion raises after this long, and all of an order together after that long. */
    singleMs: number
    cumulativeMs: number
    /** Back inside by so much (degrees or percent) before the alarm is cleared: for telling, never for counting. */
    hysteresis: number
    /** A longer silence between two readings is not counted as time outside. */
    maxGapMs: number
  }
  rate: {
    /** Per `sensorReport.type`: units per minute, over at least `overMs`. */
    perMinute: Readonly<Record<string, number>>
    overMs: number
  }
  door: { speedKmh: number; forMs: number; freshMs: number }
  reefer: { offModes: readonly string[]; offForMs: number; level: number }
  trouble: { forgetMs: number }
  silence: {
    /** So many usual intervals without a word, within these bounds. */
    intervals: number
    leastMs: number
    mostMs: number
  }
  dwell: { probability: number; horizonMs: number }
  late: { graceMs: number }
  shock: { g: number; quietMs: number }
}

export const RULE_DEFAULTS: RuleConfig = {
  limits: { singleMs: 10 * MINUTE, cumulativeMs: 60 * MINUTE, hysteresis: 0.5, maxGapMs: 15 * MINUTE },
  rate: { perMinute: { Temperature: 0.5, RelativeHumidity: 5 }, overMs: 5 * MINUTE },
  door: { speedKmh: 10, forMs: MINUTE, freshMs: 10 * MINUTE },
  reefer: { offModes: ['off', 'stopped', 'shutdown', 'standby'], offForMs: 5 * MINUTE, level: 8 },
  trouble: { forgetMs: 24 * 60 * MINUTE },
  silence: { intervals: 4, leastMs: 5 * MINUTE, mostMs: 60 * MINUTE },
  dwell: { probability: 0.5, horizonMs: 15 * MINUTE },
  late: { graceMs: 0 },
  shock: { g: 4, quietMs: 30 * MINUTE },
}
