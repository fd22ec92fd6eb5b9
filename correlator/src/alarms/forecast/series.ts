/** One reading of a series. `at` is UTC ms; `value` is in the series' unit and absent when the measurement failed. */
export interface SeriesReading {
  at: number
  value?: number
  /** What the box was doing, e.g. `door-open`, `compressor-on`: time constants are learnt for each state apart. */
  state?: string
}

/** One warning: at `at` it is said that the limit will be broken at about `breachAt`. UTC ms. */
export interface Warning {
  at: number
  breachAt: number
  /** Calibrated chance of a breach within the horizon. */
  probability: number
}
