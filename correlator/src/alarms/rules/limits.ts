import type { RuleConfig } from './config.ts'
import type { RuleContext, RuleReading, WatchedOrder } from './reading.ts'
import type { AlarmKind, Signal } from './signal.ts'

/** One sensor outside one limit of one order. Times are UTC ms of event time. */
interface Run {
  lastAt: number
  outside: boolean
  /** When the excursion that is under way began. */
  since?: number
  worst: number
  /** Time outside, all excursions together; silences longer than `maxGapMs` apart. */
  cumulativeMs: number
  unknownMs: number
  alarmed: boolean
}

/** Order and kind -> sensor -> run. Only orders that were ever outside are here. */
export interface LimitState {
  runs: Record<string, Record<string, Run>>
}

export const newLimitState = (): LimitState => ({ runs: {} })

const SIDES = {
  Temperature: { field: 'temperature', high: 'temperature-high', low: 'temperature-low', unit: '°C' },
  RelativeHumidity: { field: 'humidity', high: 'humidity-high', low: 'humidity-low', unit: '%' },
} as const

/** Judges a reading by the limits of every order the device watched. */
export function judgeLimits(
  state: LimitState,
  reading: RuleReading,
  { orders }: Pick<RuleContext, 'orders'>,
  { limits }: RuleConfig,
): Signal[] {
  const side = SIDES[reading.type as keyof typeof SIDES]
  if (side === undefined || typeof reading.value !== 'number') return []
  const signals: Signal[] = []
  for (const order of orders) {
    const { min, max } = order[side.field] ?? {}
    if (max !== undefined) judge(side.high, order, reading.value - max, max)
    if (min !== undefined) judge(side.low, order, min - reading.value, min)
  }
  return signals

  function judge(kind: AlarmKind, { order }: WatchedOrder, beyond: number, limit: number): void {
    const key = `${kind} ${order}`
    const sensors = state.runs[key]
    if (sensors === undefined && beyond <= 0) return
    const sensor = `${reading.device} ${reading.channel}`
    const { at } = reading
    const all = sensors ?? {}
    state.runs[key] = all
    all[sensor] ??= { lastAt: at, outside: false, worst: 0, cumulativeMs: 0, unknownMs: 0, alarmed: false }
    const run = all[sensor]
    // Older than what was judged already: it cannot change what has been told.
    if (at < run.lastAt) return
    advance(run, at, beyond, limits.maxGapMs)
    const stood = Object.values(all).some(({ alarmed }) => alarmed)
    if (!run.outside) endOthers(all, at, limits.maxGapMs)
    if (due(run, at, limits)) run.alarmed = true
    else if (beyond <= -limits.hysteresis) run.alarmed = false
    const stands = Object.values(all).some(({ alarmed }) => alarmed)
    if (!stood && !stands) return
    signals.push(signal(kind, order, all, at, stands, { limit, unit: side?.unit ?? '', reading }))
  }
}

/** Excursions whose time is up while no further reading came, as long as the last one is fresh. */
export function limitTimers(state: LimitState, now: number, { limits }: RuleConfig): Signal[] {
  const signals: Signal[] = []
  for (const [key, sensors] of Object.entries(state.runs)) {
    const before = Object.values(sensors).some(({ alarmed }) => alarmed)
    for (const run of Object.values(sensors)) {
      if (!run.outside || run.alarmed || now - run.lastAt > limits.maxGapMs) continue
      const waiting = { ...run, cumulativeMs: run.cumulativeMs + now - run.lastAt }
      if (due(waiting, now, limits)) run.alarmed = true
    }
    if (before || !Object.values(sensors).some(({ alarmed }) => alarmed)) continue
    const space = key.indexOf(' ')
    signals.push(signal(key.slice(0, space) as AlarmKind, key.slice(space + 1), sensors, now, true))
  }
  return signals
}

/** The order is delivered at `at`: its excursions are compliance's now. */
export function forgetLimits(state: LimitState, order: string, at: number): Signal[] {
  const signals: Signal[] = []
  for (const { high, low } of Object.values(SIDES))
    for (const kind of [high, low]) {
      const sensors = state.runs[`${kind} ${order}`]
      delete state.runs[`${kind} ${order}`]
      if (sensors === undefined || !Object.values(sensors).some(({ alarmed }) => alarmed)) continue
      signals.push({ ...signal(kind, order, sensors, at, false), message: 'the order was delivered' })
    }
  return signals
}

/** The order moved on to another sensor, which finds it in range: what the silent ones said last is over. */
function endOthers(sensors: Record<string, Run>, at: number, maxGapMs: number): void {
  for (const run of Object.values(sensors)) {
    if (at - run.lastAt <= maxGapMs) continue
    run.outside = false
    run.alarmed = false
    delete run.since
  }
}

function advance(run: Run, at: number, beyond: number, maxGapMs: number): void {
  const passed = at - run.lastAt
  if (run.outside) {
    if (passed > maxGapMs) run.unknownMs += passed
    else run.cumulativeMs += passed
  }
  run.lastAt = at
  run.outside = beyond > 0
  if (beyond > 0) {
    run.since ??= at
    run.worst = Math.max(run.worst, beyond)
  } else delete run.since
}

function due(run: Run, now: number, limits: RuleConfig['limits']): boolean {
  if (!run.outside) return false
  return now - (run.since ?? now) >= limits.singleMs || run.cumulativeMs >= limits.cumulativeMs
}

function signal(
  kind: AlarmKind,
  order: string,
  sensors: Record<string, Run>,
  at: number,
  active: boolean,
  now?: { limit: number; unit: string; reading: RuleReading },
): Signal {
  const runs = Object.values(sensors)
  const since = Math.min(...runs.map((run) => run.since ?? at))
  const minutes = Math.round(Math.max(...runs.map(({ cumulativeMs }) => cumulativeMs)) / 60_000)
  const worst = Math.max(...runs.map((run) => run.worst))
  const [what, side] = kind.split('-')
  const by = now === undefined ? '' : ` ${side === 'high' ? 'above' : 'below'} ${now.limit} ${now.unit}`
  return {
    kind,
    entity: order,
    at,
    active,
    since,
    severity: worst >= 5 ? 'fatal' : 'error',
    message: active
      ? `${what}${by} for ${minutes} min in all, worst by ${worst.toFixed(1)}`
      : `${what} is back in range`,
    // Worth telling again: every whole degree or percent that it gets worse.
    worth: `${Math.floor(worst)}`,
    details: {
      cumulativeMs: Math.max(...runs.map(({ cumulativeMs }) => cumulativeMs)),
      unknownMs: Math.max(...runs.map(({ unknownMs }) => unknownMs)),
      worst,
      devices: Object.keys(sensors).map((name) => name.slice(0, name.indexOf(' '))),
      ...(now === undefined ? {} : { limit: now.limit, value: now.reading.value }),
      ...(now === undefined || now.reading.marks.length === 0 ? {} : { marks: now.reading.marks }),
    },
  }
}
