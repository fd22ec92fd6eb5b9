import {
  advance,
  type ForecastState,
  type MarginState,
  marginAlarm,
  newForecastState,
  newMarginState,
} from '../forecast/index.ts'
import type { RuleContext, RuleReading } from './reading.ts'
import type { Signal } from './signal.ts'

/** How long ahead: see the design. */
const HORIZON_MS = 15 * 60_000

interface Watch {
  forecast: ForecastState
  margin: MarginState
  /** Whether the warning, and the plain margin alarm beside it, stand. */
  warned: boolean
  near: boolean
  since: number
}

/** Sensor and side -> what is known of its series. */
export interface BreachForecastState {
  sensors: Record<string, Watch>
  /** Readings at which each stood: the honest comparison, for the metrics page. */
  warnings: number
  margins: number
}

export const newBreachForecastState = (): BreachForecastState => ({ sensors: {}, warnings: 0, margins: 0 })

/** Warns that a sensor is about to break the tightest limit of the orders it watches; the margin alarm runs beside it. */
export function judgeForecast(state: BreachForecastState, reading: RuleReading, { orders }: RuleContext): Signal[] {
  if (reading.type !== 'Temperature' || reading.marks.includes('implausible')) return []
  const signals: Signal[] = []
  for (const side of ['upper', 'lower'] as const) {
    const limit = tightest(orders, side)
    const key = `${side} ${reading.device} ${reading.channel}`
    if (limit === undefined) {
      const watch = state.sensors[key]
      if (watch?.warned === true) {
        watch.warned = false
        signals.push(signal(reading, side, watch, false, 'it watches no order with a limit any more', {}))
      }
      continue
    }
    state.sensors[key] ??= {
      forecast: newForecastState(HORIZON_MS),
      margin: newMarginState(),
      warned: false,
      near: false,
      since: reading.at,
    }
    signals.push(...judge(state, state.sensors[key], reading, side, limit, orders))
  }
  return signals
}

function judge(
  state: BreachForecastState,
  watch: Watch,
  reading: RuleReading,
  side: 'upper' | 'lower',
  limit: number,
  orders: RuleContext['orders'],
): Signal[] {
  const { at, value } = reading
  const sign = side === 'upper' ? 1 : -1
  if (watch.forecast.last !== undefined && at <= watch.forecast.last) return []
  const series = typeof value === 'number' ? { at, value: sign * value } : { at }
  const outlook = advance(watch.forecast, series, sign * limit)
  watch.near = marginAlarm(watch.margin, series, sign * limit, HORIZON_MS)
  if (watch.near) state.margins += 1
  if (outlook?.warning === true) {
    state.warnings += 1
    if (!watch.warned) watch.since = at
    watch.warned = true
    const minutes = Math.round((outlook.breachAt - at) / 60_000)
    return [
      signal(reading, side, watch, true, `will pass ${limit} °C in about ${minutes} min`, {
        limit,
        value,
        breachAt: new Date(outlook.breachAt).toISOString(),
        earliest: new Date(outlook.earliest).toISOString(),
        latest: new Date(outlook.latest).toISOString(),
        probability: outlook.probability,
        marginAlarm: watch.near,
        orders: orders.map(({ order }) => order),
      }),
    ]
  }
  // A failed measurement or a late one takes nothing back.
  if (!watch.warned || typeof value !== 'number') return []
  watch.warned = false
  const broken = sign * value > sign * limit
  return [signal(reading, side, watch, false, broken ? 'the limit is broken' : 'the danger is over', { limit, value })]
}

function tightest(orders: RuleContext['orders'], side: 'upper' | 'lower'): number | undefined {
  let found: number | undefined
  for (const { temperature } of orders) {
    const limit = side === 'upper' ? temperature?.max : temperature?.min
    if (limit !== undefined && (found === undefined || (side === 'upper' ? limit < found : limit > found)))
      found = limit
  }
  return found
}

function signal(
  { device, channel, at }: RuleReading,
  side: string,
  { since }: Watch,
  active: boolean,
  message: string,
  details: Record<string, unknown>,
): Signal {
  return {
    kind: side === 'upper' ? 'breach-forecast-high' : 'breach-forecast-low',
    entity: device,
    at,
    active,
    since,
    severity: 'warning',
    message,
    worth: '',
    details: { ...details, ...(channel === '' ? {} : { channel }) },
  }
}
