import type { RuleConfig } from './config.ts'
import { type Deadlines, newDeadlines, setDeadline, takeDue } from './deadlines.ts'
import type { RuleReading } from './reading.ts'
import type { Signal } from './signal.ts'

interface Blow {
  /** Newest value of each axis, of one moment. */
  at: number
  axes: Record<string, number>
  first?: number
  peak: number
}

export interface ShockState {
  devices: Record<string, Blow>
  deadlines: Deadlines
}

export const newShockState = (): ShockState => ({ devices: {}, deadlines: newDeadlines() })

/** A blow: the acceleration of all axes together, in g, above the limit. The alarm stands until it was quiet for a while. */
export function judgeShock(state: ShockState, reading: RuleReading, { shock }: RuleConfig): Signal[] {
  const { type, value, at, device, channel } = reading
  if (type !== 'Acceleration' || typeof value !== 'number') return []
  state.devices[device] ??= { at, axes: {}, peak: 0 }
  const blow = state.devices[device]
  if (at < blow.at) return []
  if (at > blow.at) blow.axes = {}
  blow.at = at
  blow.axes[channel] = value
  const g = Math.hypot(...Object.values(blow.axes))
  if (g < shock.g) return []
  blow.first ??= at
  blow.peak = Math.max(blow.peak, g)
  setDeadline(state.deadlines, device, at + shock.quietMs)
  return [signal(device, at, true, blow)]
}

export function shockTimers(state: ShockState, now: number): Signal[] {
  return takeDue(state.deadlines, now).flatMap((device) => {
    const blow = state.devices[device]
    if (blow?.first === undefined) return []
    const over = signal(device, now, false, blow)
    delete blow.first
    blow.peak = 0
    return [over]
  })
}

function signal(entity: string, at: number, active: boolean, { first = at, peak }: Blow): Signal {
  return {
    kind: 'shock',
    entity,
    at,
    active,
    since: first,
    severity: 'warning',
    message: active ? `shock of ${peak.toFixed(1)} g` : 'no further shock',
    worth: `${Math.floor(peak)}`,
    details: { peakG: peak },
  }
}
