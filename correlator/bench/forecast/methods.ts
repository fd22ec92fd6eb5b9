import {
  advance,
  fitTrend,
  type Holt,
  marginAlarm,
  newForecastState,
  newHolt,
  newMarginState,
  type Outlook,
  project,
  type SeriesReading,
  smooth,
} from '../../src/alarms/forecast/index.ts'
import { addToWindow, emptyWindow } from '../../src/alarms/forecast/window.ts'

export const HORIZON_MS = 15 * 60_000

/** A way to warn: for each reading, whether it warns, and where it states one, the chance. */
export interface Method {
  name: string
  about: string
  start(limit: number): (reading: SeriesReading) => { warns: boolean; outlook?: Outlook | undefined }
}

/** A multiple of the usual change over five minutes, the best of seven by F1 on the training traces of all forms together. */
export const MARGIN_STEPS = 12

/** Which readings may warn at all: in range, and near enough to an hour of it that a breach would count. The same for all. */
function resting(limit: number) {
  let since: number | undefined
  return ({ at, value }: SeriesReading) => {
    if (value === undefined) return false
    if (value > limit) {
      since = undefined
      return false
    }
    since ??= at
    return at + HORIZON_MS - since >= 4 * HORIZON_MS
  }
}

/** Rules that look at the window and the limit only. */
function plain(
  name: string,
  about: string,
  judge: (limit: number) => (reading: Required<Pick<SeriesReading, 'at' | 'value'>>) => boolean,
): Method {
  return {
    name,
    about,
    start(limit) {
      const armed = resting(limit)
      const says = judge(limit)
      let last = Number.NEGATIVE_INFINITY
      return (reading) => {
        if (reading.value === undefined || reading.at <= last) return { warns: false }
        last = reading.at
        const warns = says({ at: reading.at, value: reading.value })
        return { warns: armed(reading) && warns }
      }
    },
  }
}

/** The usual change over five minutes so far. */
function usualChange() {
  let before: number | undefined
  let mean = 0
  let n = 0
  return (value: number) => {
    if (before !== undefined) {
      n = Math.min(n + 1, 600)
      mean += (Math.abs(value - before) - mean) / n
    }
    before = value
    return mean
  }
}

export const ours: Method = {
  name: 'forecast',
  about: 'this package',
  start(limit) {
    const state = newForecastState(HORIZON_MS)
    return (reading) => {
      const outlook = advance(state, reading, limit)
      return { warns: outlook?.warning === true, outlook }
    }
  },
}

export const marginOf = (steps: number): Method =>
  plain(`margin ${steps}`, `within ${steps} usual five-minute changes of the limit`, (limit) => {
    const usual = usualChange()
    return ({ value }) => limit - value <= steps * usual(value)
  })

export const BASELINES: Method[] = [
  {
    name: 'margin',
    about:
      'the margin alarm as it is shipped: within 4 usual changes over the horizon, the best of seven on the training traces',
    start(limit) {
      const state = newMarginState()
      return (reading) => ({ warns: marginAlarm(state, reading, limit, HORIZON_MS) })
    },
  },
  plain('persistence', 'what changed in the last 15 minutes changes once more', (limit) => {
    const past: { at: number; value: number }[] = []
    return (reading) => {
      past.push(reading)
      while (past.length > 1 && (past[1]?.at ?? 0) <= reading.at - HORIZON_MS) past.shift()
      return 2 * reading.value - (past[0]?.value ?? reading.value) > limit
    }
  }),
  plain('slope', 'least squares over 30 minutes, 15 minutes ahead, plus one standard deviation', (limit) => {
    const window = emptyWindow()
    return ({ at, value }) => {
      addToWindow(window, at, value, 60_000, 2 * HORIZON_MS)
      const trend = fitTrend(window, at - 2 * HORIZON_MS)
      return trend !== undefined && trend.value + trend.slope * HORIZON_MS + trend.sigma > limit
    }
  }),
  plain('Holt', 'level and trend, 15 minutes ahead, plus one standard deviation that grows with the way', (limit) => {
    const holt: Holt = newHolt()
    return ({ at, value }) => {
      smooth(holt, at, value, HORIZON_MS * 0.6, HORIZON_MS * 2.5)
      const { mean, sd } = project(holt, HORIZON_MS, HORIZON_MS * 0.6, HORIZON_MS * 2.5)
      return mean + sd > limit
    }
  }),
]
