import type { RuleConfig } from './config.ts'
import type { RuleReading } from './reading.ts'
import type { Signal } from './signal.ts'

interface Vehicle {
  open?: { at: number; value: boolean }
  speed?: { at: number; kmh: number }
  /** Since when it drives with an open door, and whether that was told. */
  since?: number
  told: boolean
}

export interface DoorState {
  vehicles: Record<string, Vehicle>
}

export const newDoorState = (): DoorState => ({ vehicles: {} })

/** A door that is open while the vehicle drives. Door and speed may come from different devices of the vehicle. */
export function judgeDoor(
  state: DoorState,
  reading: RuleReading,
  vehicle: string | undefined,
  config: RuleConfig,
): Signal[] {
  const isDoor = reading.type === 'wt:DoorOpen' && typeof reading.value === 'boolean'
  const isSpeed = reading.type === 'Speed' && typeof reading.value === 'number'
  if (vehicle === undefined || !(isDoor || isSpeed)) return []
  state.vehicles[vehicle] ??= { told: false }
  const seen = state.vehicles[vehicle]
  const { at } = reading
  if (isDoor && at >= (seen.open?.at ?? 0)) seen.open = { at, value: reading.value as boolean }
  if (isSpeed && at >= (seen.speed?.at ?? 0)) seen.speed = { at, kmh: reading.value as number }
  return judge(vehicle, seen, at, config)
}

export function doorTimers(state: DoorState, now: number, config: RuleConfig): Signal[] {
  return Object.entries(state.vehicles).flatMap(([vehicle, seen]) =>
    seen.since === undefined || seen.told ? [] : judge(vehicle, seen, now, config),
  )
}

function judge(vehicle: string, seen: Vehicle, at: number, { door }: RuleConfig): Signal[] {
  // A door says something when it changes; a speed that is old says nothing about now.
  const moving = seen.speed !== undefined && at - seen.speed.at <= door.freshMs && seen.speed.kmh >= door.speedKmh
  const open = seen.open?.value === true
  if (open && moving) seen.since ??= at
  else delete seen.since
  const active = seen.since !== undefined && at - seen.since >= door.forMs
  if (active === seen.told) return []
  seen.told = active
  return [
    {
      kind: 'door-open-moving',
      entity: vehicle,
      at,
      active,
      since: seen.since ?? at,
      severity: 'error',
      message: active
        ? `door open while driving at ${Math.round(seen.speed?.kmh ?? 0)} km/h`
        : open
          ? 'the vehicle stands'
          : 'the door is closed',
      worth: '',
      details: { speedKmh: seen.speed?.kmh },
    },
  ]
}
