import { isEpcis, type WaytraceEvent } from '@waytrace/standard'
import type { DwellBook, DwellKey } from '../dwell/dwell-book.ts'
import { type BreachForecastState, judgeForecast, newBreachForecastState } from './breach-forecast.ts'
import type { RuleConfig } from './config.ts'
import { type DoorState, doorTimers, judgeDoor, newDoorState } from './door.ts'
import { type DwellingState, dwellTimers, left, newDwellingState, reached } from './dwelling.ts'
import { delivered, type LateState, lateTimers, newLateState } from './late.ts'
import { forgetLimits, judgeLimits, type LimitState, limitTimers, newLimitState } from './limits.ts'
import { judgeRate, newRateState, type RateState } from './rate.ts'
import { type RuleContext, readingsOf } from './reading.ts'
import { judgeReefer, newReeferState, type ReeferState, reeferTimers } from './reefer.ts'
import { judgeShock, newShockState, type ShockState, shockTimers } from './shock.ts'
import type { Signal } from './signal.ts'
import { heard, lost, newSilenceState, type SilenceState, silenceTimers } from './silence.ts'
import { judgeTrouble, newTroubleState, type TroubleState, troubleTimers } from './trouble.ts'

/** What every rule remembers: plain JSON, so that a restart in minute 7 of a 10-minute rule does not start over. */
export interface RuleState {
  limits: LimitState
  rate: RateState
  forecast: BreachForecastState
  door: DoorState
  reefer: ReeferState
  trouble: TroubleState
  shock: ShockState
  silence: SilenceState
  late: LateState
  dwelling: DwellingState
}

export const newRuleState = (): RuleState => ({
  limits: newLimitState(),
  rate: newRateState(),
  forecast: newBreachForecastState(),
  door: newDoorState(),
  reefer: newReeferState(),
  trouble: newTroubleState(),
  shock: newShockState(),
  silence: newSilenceState(),
  late: newLateState(),
  dwelling: newDwellingState(),
})

const NOBODY: RuleContext = { orders: [] }

/**
 * What one event says about the devices in it. `at` is its time (UTC ms); `contextOf` answers what custody knew of a device
 * then. Pure but for `state`; orders' stages and promises enter by `stageReached`, `promise` and `orderDelivered`.
 */
export function judgeEvent(
  state: RuleState,
  event: WaytraceEvent,
  at: number,
  contextOf: (device: string, at: number) => RuleContext | undefined,
  config: RuleConfig,
): Signal[] {
  const signals: Signal[] = []
  if (event.type === 'waytrace.health.v1') {
    const device = event.deviceid ?? event.source
    const gone = event.data.presence === 'lost' || event.data.presence === 'disconnected'
    return gone ? lost(state.silence, device, at) : heard(state.silence, device, at, config)
  }
  if (!isEpcis(event)) return []
  if (event.data.errorDeclaration !== undefined) return []
  if (event.deviceid !== undefined && event.backfill !== true)
    signals.push(...heard(state.silence, event.deviceid, at, config))
  let device = ''
  let context = NOBODY
  for (const reading of readingsOf(event, at)) {
    if (reading.device !== device) {
      device = reading.device
      context = contextOf(device, reading.at) ?? NOBODY
    }
    if (context.calibratedUntil !== undefined && reading.at > context.calibratedUntil)
      reading.marks.push('calibration-expired')
    signals.push(
      ...judgeLimits(state.limits, reading, context, config),
      ...judgeRate(state.rate, reading, config),
      ...judgeForecast(state.forecast, reading, context),
      ...judgeDoor(state.door, reading, context.vehicle, config),
      ...judgeReefer(state.reefer, reading, context.vehicle, config),
      ...judgeTrouble(state.trouble, reading, context.vehicle),
      ...judgeShock(state.shock, reading, config),
    )
  }
  return signals
}

/** What falls due by itself when event time reaches `now` (UTC ms). Call it each second or so; never backwards. */
export function judgeTime(state: RuleState, book: DwellBook, now: number, config: RuleConfig): Signal[] {
  return [
    ...limitTimers(state.limits, now, config),
    ...doorTimers(state.door, now, config),
    ...reeferTimers(state.reefer, now, config),
    ...troubleTimers(state.trouble, now, config),
    ...shockTimers(state.shock, now),
    ...silenceTimers(state.silence, now),
    ...lateTimers(state.late, now, config),
    ...dwellTimers(state.dwelling, book, now, config),
  ]
}

/** The order reached a stage of its life; `key` says where, of which class and at which hour. */
export function stageReached(
  state: RuleState,
  book: DwellBook,
  order: string,
  key: DwellKey,
  at: number,
  config: RuleConfig,
): Signal[] {
  return reached(state.dwelling, book, order, key, at, config)
}

/** The order is with its customer: its timers end. */
export function orderDelivered(state: RuleState, book: DwellBook, order: string, at: number): Signal[] {
  return [
    ...forgetLimits(state.limits, order, at),
    ...left(state.dwelling, book, order, at),
    ...delivered(state.late, order, at),
  ]
}
