import { advance, type Outlook } from './forecaster.ts'
import { marginAlarm, newMarginState } from './margin.ts'
import type { SeriesReading, Warning } from './series.ts'
import { newForecastState } from './state.ts'

export interface SeriesLimits {
  upper?: number
  lower?: number
  horizonMs: number
  /** Of the margin alarm, in the series' unit; learnt from the series when absent. */
  margin?: number
}

/** A warning of the forecast, with the time between which four in five such breaches come. */
export interface ForecastWarning extends Warning {
  side: 'upper' | 'lower'
  earliest: number
  latest: number
  /** Chance of a breach within four horizons: for so long a warning may take to come true. */
  later: number
}

/** A reading at which the plain margin alarm stands; it knows no time and no chance, so it claims the horizon. */
export interface MarginWarning {
  at: number
  breachAt: number
  side: 'upper' | 'lower'
}

/**
 * Runs forecast and margin alarm over readings in their order of arrival, as if each had just come: one warning for every
 * reading at which it stands.
 */
export function forecastSeries(readings: readonly SeriesReading[], limits: SeriesLimits) {
  const warnings: ForecastWarning[] = []
  const baseline: MarginWarning[] = []
  for (const side of ['upper', 'lower'] as const) {
    const limit = limits[side]
    if (limit === undefined) continue
    const watcher = watchLimit(side, limit, limits.horizonMs, limits.margin)
    for (const reading of readings) {
      const { outlook, margin } = watcher.take(reading)
      if (outlook?.warning === true) warnings.push(warningOf(outlook, side))
      if (margin) baseline.push({ at: reading.at, breachAt: reading.at + limits.horizonMs, side })
    }
  }
  const byTime = (a: { at: number }, b: { at: number }) => a.at - b.at
  return { warnings: warnings.sort(byTime), baseline: baseline.sort(byTime) }
}

/** Forecast and margin alarm of one limit, side by side. A lower limit is an upper one of the negated series. */
export function watchLimit(side: 'upper' | 'lower', limit: number, horizonMs: number, margin?: number) {
  const state = newForecastState(horizonMs)
  const plain = newMarginState()
  const sign = side === 'upper' ? 1 : -1
  return {
    take(reading: SeriesReading): { outlook: Outlook | undefined; margin: boolean } {
      const turned = reading.value === undefined ? reading : { ...reading, value: sign * reading.value }
      return {
        outlook: advance(state, turned, sign * limit),
        margin: marginAlarm(plain, turned, sign * limit, horizonMs, margin),
      }
    },
  }
}

function warningOf({ at, breachAt, probability, earliest, latest, within }: Outlook, side: 'upper' | 'lower') {
  return { at, breachAt, probability, side, earliest, latest, later: within.at(-1) as number }
}
