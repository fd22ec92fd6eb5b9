import type { RuleConfig } from './config.ts'
import { type Deadlines, dropDeadline, newDeadlines, setDeadline, takeDue } from './deadlines.ts'
import type { Signal } from './signal.ts'

interface Heard {
  last: number
  /** Usual time between two words, ms; 0 until there were two. */
  interval: number
  silentSince?: number
}

export interface SilenceState {
  devices: Record<string, Heard>
  deadlines: Deadlines
}

export const newSilenceState = (): SilenceState => ({ devices: {}, deadlines: newDeadlines() })

/** Longest interval believed to be usual, in `mostMs`: a pause over night is no rhythm. */
const WEIGHT = 0.1

/** A device or agent said something. Backfill is history: it proves that the device lived then, not that it does now. */
export function heard(state: SilenceState, device: string, at: number, { silence }: RuleConfig): Signal[] {
  const known = state.devices[device]
  if (known === undefined) {
    state.devices[device] = { last: at, interval: 0 }
    setDeadline(state.deadlines, device, at + silence.mostMs)
    return []
  }
  const gap = at - known.last
  if (gap <= 0) return []
  const signals: Signal[] = []
  if (known.silentSince === undefined) {
    const usual = Math.min(gap, silence.mostMs)
    known.interval = known.interval === 0 ? usual : known.interval + WEIGHT * (usual - known.interval)
  } else {
    signals.push(signal(device, at, false, known.silentSince, known.interval))
    delete known.silentSince
  }
  known.last = at
  setDeadline(state.deadlines, device, at + patience(known, silence))
  return signals
}

/** The broker said that the agent is gone: nobody need wait. */
export function lost(state: SilenceState, device: string, at: number): Signal[] {
  const known = state.devices[device] ?? { last: at, interval: 0 }
  state.devices[device] = known
  if (known.silentSince !== undefined || at < known.last) return []
  dropDeadline(state.deadlines, device)
  known.silentSince = at
  return [signal(device, at, true, at, known.interval)]
}

export function silenceTimers(state: SilenceState, now: number): Signal[] {
  return takeDue(state.deadlines, now).flatMap((device) => {
    const known = state.devices[device]
    if (known === undefined || known.silentSince !== undefined) return []
    known.silentSince = known.last
    return [signal(device, now, true, known.last, known.interval)]
  })
}

/** A device taken out of service is not silent. */
export function forgetDevice(state: SilenceState, device: string): void {
  delete state.devices[device]
  dropDeadline(state.deadlines, device)
}

function patience({ interval }: Heard, { intervals, leastMs, mostMs }: RuleConfig['silence']): number {
  return Math.max(leastMs, Math.min(mostMs, intervals * interval))
}

function signal(entity: string, at: number, active: boolean, since: number, intervalMs: number): Signal {
  const minutes = Math.round((at - since) / 60_000)
  return {
    kind: 'silence',
    entity,
    at,
    active,
    since,
    severity: 'warning',
    message: active ? `nothing heard for ${minutes} min: its state is unknown` : `heard again after ${minutes} min`,
    worth: '',
    details: { lastAt: new Date(since).toISOString(), usualIntervalMs: Math.round(intervalMs) },
  }
}
