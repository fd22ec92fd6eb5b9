import type { RuleConfig } from './config.ts'
import type { RuleReading } from './reading.ts'
import type { Signal } from './signal.ts'

interface Unit {
  /** The vehicle it cooled when it last spoke, else the unit itself. */
  entity: string
  lastAt: number
  off?: { since: number; told: boolean; mode: string }
  /** Active alarms: code -> grade and since when. */
  alarms: Record<string, { grade: number; since: number }>
  told: boolean
}

export interface ReeferState {
  units: Record<string, Unit>
}

export const newReeferState = (): ReeferState => ({ units: {} })

/** A refrigeration unit that is off, or reports an alarm of the level or above. `entity` is the vehicle, else the unit. */
export function judgeReefer(state: ReeferState, reading: RuleReading, vehicle: string | undefined, config: RuleConfig) {
  const { type, value, at } = reading
  const isMode = type === 'wt:OperatingMode' && typeof value === 'string' && reading.channel === ''
  const isPower = type === 'wt:ExternalPower' && typeof value === 'boolean' && state.units[reading.device] !== undefined
  const isAlarm = type === 'wt:ReeferAlarm' && typeof value === 'string'
  if (!isMode && !isPower && !isAlarm) return []
  state.units[reading.device] ??= { entity: vehicle ?? reading.device, lastAt: at, alarms: {}, told: false }
  const unit = state.units[reading.device] as Unit
  if (at < unit.lastAt) return []
  unit.lastAt = at
  const entity = vehicle ?? reading.device
  unit.entity = entity
  if (isAlarm) return alarm(unit, entity, reading, config)
  const mode = isPower ? (value ? 'powered' : 'without power') : (value as string)
  const off = isPower ? value === false : config.reefer.offModes.includes(mode.toLowerCase())
  if (off) unit.off ??= { since: at, told: false, mode }
  // Power that is there says nothing about a unit that was switched off.
  else if (!isPower || unit.off?.mode === 'without power') {
    const was = unit.off
    delete unit.off
    return was?.told === true ? [offSignal(entity, at, false, was.since, mode)] : []
  }
  return offDue(unit, entity, at, config)
}

export function reeferTimers(state: ReeferState, now: number, config: RuleConfig): Signal[] {
  return Object.values(state.units).flatMap((unit) => offDue(unit, unit.entity, now, config))
}

function offDue(unit: Unit, entity: string, at: number, { reefer }: RuleConfig): Signal[] {
  if (unit.off === undefined || unit.off.told || at - unit.off.since < reefer.offForMs) return []
  unit.off.told = true
  return [offSignal(entity, at, true, unit.off.since, unit.off.mode)]
}

function offSignal(entity: string, at: number, active: boolean, since: number, mode: string): Signal {
  const message = active ? `the refrigeration unit is ${mode}` : `the refrigeration unit runs again: ${mode}`
  return { kind: 'reefer-off', entity, at, active, since, severity: 'fatal', message, worth: mode, details: { mode } }
}

function alarm(
  unit: Unit,
  entity: string,
  { value, active, grade, at }: RuleReading,
  { reefer }: RuleConfig,
): Signal[] {
  const code = value as string
  // A vendor without grades means what it says: an alarm without one counts as grave enough.
  if (active) unit.alarms[code] ??= { grade: grade ?? reefer.level, since: at }
  else delete unit.alarms[code]
  if (active && grade !== undefined) (unit.alarms[code] as { grade: number }).grade = grade
  const grave = Object.entries(unit.alarms).filter(([, found]) => found.grade >= reefer.level)
  if (grave.length === 0 && !unit.told) return []
  unit.told = grave.length > 0
  const worst = Math.max(0, ...grave.map(([, found]) => found.grade))
  const codes = grave.map(([name]) => name).sort()
  return [
    {
      kind: 'reefer-alarm',
      entity,
      at,
      active: grave.length > 0,
      since: Math.min(at, ...grave.map(([, found]) => found.since)),
      severity: worst >= 14 ? 'fatal' : 'error',
      message: grave.length > 0 ? `refrigeration unit alarm ${codes.join(', ')}` : 'no refrigeration unit alarm',
      worth: codes.join(' '),
      details: { codes, level: worst },
    },
  ]
}
