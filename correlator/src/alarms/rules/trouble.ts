import type { RuleConfig } from './config.ts'
import type { RuleReading } from './reading.ts'
import type { Severity, Signal } from './signal.ts'

export interface TroubleState {
  /** Vehicle (or device) -> code -> when it was last seen active, first seen, and the lamp it lit. */
  entities: Record<string, Record<string, { last: number; first: number; lamp: string }>>
}

export const newTroubleState = (): TroubleState => ({ entities: {} })

/** A vehicle's trouble codes, all in one alarm. */
export function judgeTrouble(state: TroubleState, reading: RuleReading, vehicle: string | undefined): Signal[] {
  const { type, value, at, active, device, lamp = '' } = reading
  if (type !== 'wt:DiagnosticTroubleCode' || typeof value !== 'string') return []
  const entity = vehicle ?? device
  state.entities[entity] ??= {}
  const codes = state.entities[entity]
  const known = codes[value]
  if (known !== undefined && at < known.last) return []
  if (active) codes[value] = { first: known?.first ?? at, last: at, lamp }
  else if (known === undefined) return []
  else delete codes[value]
  return [signal(entity, codes, at)]
}

/** Codes that were not repeated for a long time are over: many units say when one comes and never when it goes. */
export function troubleTimers(state: TroubleState, now: number, { trouble }: RuleConfig): Signal[] {
  return Object.entries(state.entities).flatMap(([entity, codes]) => {
    const old = Object.keys(codes).filter((code) => now - (codes[code]?.last ?? now) > trouble.forgetMs)
    for (const code of old) delete codes[code]
    return old.length === 0 ? [] : [signal(entity, codes, now)]
  })
}

function signal(entity: string, codes: TroubleState['entities'][string], at: number): Signal {
  const names = Object.keys(codes).map(short).sort()
  const lamps = Object.values(codes).map(({ lamp }) => lamp)
  const severity: Severity = lamps.includes('RED_STOP')
    ? 'fatal'
    : lamps.some((lamp) => lamp !== '')
      ? 'error'
      : 'warning'
  return {
    kind: 'trouble-code',
    entity,
    at,
    active: names.length > 0,
    since: Math.min(at, ...Object.values(codes).map(({ first }) => first)),
    severity,
    message: names.length > 0 ? `trouble codes ${names.join(', ')}` : 'no trouble code is active',
    worth: names.join(' '),
    details: { codes: names },
  }
}

/** `https://waytrace.dev/ns/obd/P0299` -> `P0299`. */
const short = (uri: string) => /\/ns\/(?:obd|j1939)\/(.+)$/.exec(uri)?.[1] ?? uri
