import type { RuleConfig } from './config.ts'
import { type Deadlines, dropDeadline, newDeadlines, setDeadline, takeDue } from './deadlines.ts'
import type { Signal } from './signal.ts'

interface Promised {
  by: number
  /** When it is expected now; absent when nobody knows. */
  expected?: number
  told?: 'at-risk' | 'late'
}

export interface LateState {
  orders: Record<string, Promised>
  deadlines: Deadlines
}

export const newLateState = (): LateState => ({ orders: {}, deadlines: newDeadlines() })

/** What was promised of an order and when it is expected (UTC ms). Call whenever one of the two changes. */
export function promise(
  state: LateState,
  order: string,
  { at, by, expected }: { at: number; by: number; expected?: number },
  config: RuleConfig,
): Signal[] {
  const known = state.orders[order]
  const now: Promised = { by, ...(known?.told === undefined ? {} : { told: known.told }) }
  if (expected !== undefined) now.expected = expected
  state.orders[order] = now
  setDeadline(state.deadlines, order, by + config.late.graceMs)
  return judge(order, now, at, config)
}

/** The order was delivered at `at`: late or not, there is nothing left to warn of. */
export function delivered(state: LateState, order: string, at: number): Signal[] {
  const known = state.orders[order]
  delete state.orders[order]
  dropDeadline(state.deadlines, order)
  if (known?.told === undefined) return []
  const message = at > known.by ? `delivered ${minutes(at - known.by)} min late` : 'delivered in time'
  return [signal(order, known, at, false, message)]
}

export function lateTimers(state: LateState, now: number, config: RuleConfig): Signal[] {
  return takeDue(state.deadlines, now).flatMap((order) => {
    const known = state.orders[order]
    return known === undefined ? [] : judge(order, known, now, config)
  })
}

function judge(order: string, known: Promised, at: number, { late }: RuleConfig): Signal[] {
  const limit = known.by + late.graceMs
  if (at >= limit) {
    known.told = 'late'
    return [signal(order, known, at, true, `not delivered, promised by ${new Date(known.by).toISOString()}`)]
  }
  if (known.expected !== undefined && known.expected > limit) {
    known.told = 'at-risk'
    const message = `expected ${minutes(known.expected - known.by)} min after the promised time`
    return [signal(order, known, at, true, message)]
  }
  if (known.told === undefined) return []
  delete known.told
  return [signal(order, known, at, false, 'expected in time again')]
}

const minutes = (ms: number) => Math.round(ms / 60_000)

function signal(
  entity: string,
  { by, expected, told }: Promised,
  at: number,
  active: boolean,
  message: string,
): Signal {
  return {
    kind: 'late',
    entity,
    at,
    active,
    since: active && told === 'late' ? by : at,
    severity: told === 'late' ? 'error' : 'warning',
    message,
    // An expectation that moves by a quarter of an hour is news.
    worth: `${told} ${expected === undefined ? '' : Math.floor((expected - by) / 900_000)}`,
    details: {
      promisedBy: new Date(by).toISOString(),
      ...(expected === undefined ? {} : { expectedAt: new Date(expected).toISOString() }),
    },
  }
}
