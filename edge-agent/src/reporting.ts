import type { Fault, Position, Reading } from '@waytrace/devices'
import type { LimitConfig, ReportConfig } from './config.ts'
import { brokenLimit } from './events/reports.ts'
import type { Sensed } from './events/sensor-events.ts'

interface Told {
  at: number
  /** What must not change unseen: value of a switch, exception, limit. */
  state: string
  value?: number | undefined
}

/** Decides which observations of a device are worth an event. */
export interface Reporting {
  pick(observations: readonly Sensed[]): Sensed[]
  /** The next frame is reported whole. */
  reset(): void
}

/**
 * Suppresses what says nothing new: numbers within the deadband, repeated alarms. A changed exception, alarm, switch,
 * mode or limit crossing always passes, and so does anything older than what was told before: that is history.
 */
export function reporting(config: ReportConfig | undefined, limits: () => readonly LimitConfig[]): Reporting {
  const told = new Map<string, Told>()
  let fixTold: Position | undefined

  function worth(key: string, now: Told, deadband: number): boolean {
    const before = told.get(key)
    if (config === undefined || before === undefined || now.state !== before.state) return true
    const elapsed = now.at - before.at
    if (elapsed < 0 || elapsed >= config.maxIntervalMs) return true
    if (now.value === undefined || before.value === undefined || elapsed < config.minIntervalMs) return false
    const change = Math.abs(now.value - before.value)
    return change > 0 && change >= deadband
  }

  function reading(observation: Reading): boolean {
    const { kind, channel, value, exception, reason, at } = observation
    const limit = brokenLimit(observation, limits())
    const text = typeof value === 'number' ? '' : String(value)
    const state = [exception, reason, limit === undefined ? '' : limits().indexOf(limit), text].join('|')
    const { deadband = 0 } = config ?? {}
    const now: Told = { at, state }
    if (typeof value === 'number') now.value = value
    return tell(`${kind} ${channel}`, now, typeof deadband === 'number' ? deadband : (deadband[kind] ?? 0))
  }

  function fault({ system, code, active, severity, lamp, at }: Fault): boolean {
    return tell(`fault ${system} ${code}`, { at, state: [active, severity, lamp].join('|') }, 0)
  }

  /** The value of a fix is an odometer, so that its change is the distance from the fix told last. */
  function position(fix: Position): boolean {
    const before = told.get('position')
    const { deadband = 0 } = config ?? {}
    const distance = before === undefined || fixTold === undefined ? 0 : metresBetween(fixTold, fix)
    const now: Told = { at: fix.at, state: 'fix', value: (before?.value ?? 0) + distance }
    const due = tell('position', now, typeof deadband === 'number' ? 0 : (deadband.distance ?? 0))
    if (due) fixTold = fix
    return due
  }

  function tell(key: string, now: Told, deadband: number): boolean {
    const due = worth(key, now, deadband)
    if (due) told.set(key, now)
    return due
  }

  return {
    pick: (observations) =>
      observations.filter((observation) => {
        if (observation.kind === 'position') return position(observation)
        return observation.kind === 'fault' ? fault(observation) : reading(observation)
      }),
    reset: () => told.clear(),
  }
}

/** On a sphere and for short ways: good enough for a deadband. */
function metresBetween(a: Position, b: Position): number {
  const north = (b.latitude - a.latitude) * 111_320
  const east = (b.longitude - a.longitude) * 111_320 * Math.cos((a.latitude * Math.PI) / 180)
  return Math.hypot(north, east)
}
