import { type Issue, OpsError, type Quantity } from '@waytrace/standard'
import type { z } from 'zod'

/** Why a measurement has no value. `sentinel`: the device itself said so with a reserved raw value of that channel. */
export type FaultReason = 'sentinel' | 'disconnected' | 'out-of-range' | 'checksum' | 'not-available'

/**
 * One measured or switched quantity. `at` is UTC ms: the device's own time where the frame carries one, else the
 * time of reception. A failed measurement has `exception: 'ERROR_CONDITION'`, a `reason` and no `value`.
 * `value` is a number in `unit` (UN/CEFACT Rec 20), a boolean for switches (door: true = open) or a text for modes.
 */
export interface Reading {
  kind: Quantity
  at: number
  value?: number | boolean | string
  unit?: string
  /** Which probe, axis or compartment of the device; absent when it has only one. */
  channel?: string
  exception?: 'ERROR_CONDITION' | 'ALARM_CONDITION'
  reason?: FaultReason
  /** The raw integer or text before scaling, where it explains a fault. */
  raw?: number | string
}

/** One symbol read by a scanner. `elements` maps GS1 application identifiers to their values; label order is that of `raw`. */
export interface Scan {
  kind: 'scan'
  at: number
  symbology: string
  /** AIM symbology identifier as sent, e.g. `]C1`; absent if the scanner sends none. */
  aim?: string
  /** The symbol's data as read, group separators (0x1D) included. */
  raw: string
  elements?: Record<string, string>
  /** What the elements mean: canonical GS1 Digital Link URIs and plain values. */
  keys: ScanKeys
}

export interface ScanKeys {
  /** Canonical `https://id.gs1.org/...` URIs of every item named: SSCC, SGTIN, LGTIN, GRAI, GIAI, GSRN... finest level. */
  epcs: string[]
  order?: string
  operator?: string
  location?: string
  lot?: string
  /** ISO date or date-time, as far as the label states it. */
  expiry?: string
  limits?: { minC?: number; maxC?: number }
  window?: { notBefore?: string; notAfter?: string }
  count?: number
  /** The text of a symbol that is not GS1: a command code, badge or order bound by plain code. */
  plain?: string
}

export interface Position {
  kind: 'position'
  at: number
  latitude: number
  longitude: number
  altitudeM?: number
  speedKmh?: number
  headingDeg?: number
  satellites?: number
}

/** A trouble the device reports: a trouble code or an alarm of a machine. `code` e.g. `P0299`, `spn/91/fmi/3`, `00018`. */
export interface Fault {
  kind: 'fault'
  at: number
  system: 'obd' | 'j1939' | 'reefer' | 'device'
  code: string
  /** 0-15 where the machine grades its alarms (15 = shutdown). */
  severity?: number
  occurrences?: number
  lamp?: 'MIL' | 'RED_STOP' | 'AMBER_WARNING' | 'PROTECT'
  active: boolean
}

export type Observation = Reading | Scan | Position | Fault

/** What the link knows of a frame: when it came (UTC ms) and from whom, where the transport says so. */
export interface FrameContext {
  receivedAt: number
  /** Device address given by the transport: MAC, DevEUI, IMEI, Modbus unit, LoRaWAN fPort in `port`. */
  address?: string
  port?: number
}

/**
 * The device's own count of its frames. `rising`: authenticated, a lower count is a replay. `changing`: only a repeat of
 * the same count is known to be old, because the count wraps and starts again at a reboot. `replayGuard` judges both.
 */
export interface FrameCounter {
  value: number
  rule: 'rising' | 'changing'
}

/** How a driver protects a frame: a checksum refuses every single-bit flip; `none` must be said aloud. */
export type Integrity = 'checksum' | 'none'

export interface Driver<Options> {
  /** Unique name, kebab-case: what `driver:` in agent.yaml and `waytrace decode --driver` take. */
  model: string
  version: string
  /** One sentence for docs/generated/drivers.md: device, transport, source of the format. */
  summary: string
  integrity: Integrity
  options: z.ZodType<Options>
  /** Pure: the same frame, context and options give the same observations. Throws `OpsError('FRAME_MALFORMED')`. */
  decode(frame: Uint8Array, context: FrameContext, options: Options): Observation[]
  /** The frame's counter, where it carries one, for refusing repeats and replays before `decode`. Throws as `decode` does. */
  counter?(frame: Uint8Array, context: FrameContext, options: Options): FrameCounter | undefined
  /** For virtual devices and tests: bytes that `decode` turns back into these observations. */
  encode?(observations: readonly Observation[], options: Options): Uint8Array
}

export function defineDriver<Options>(driver: Driver<Options>): Driver<Options> {
  return driver
}

/** Checks options against the driver's schema. Throws `OpsError('OPTIONS_INVALID')` with every issue. */
export function parseOptions<Options>(driver: Driver<Options>, options: unknown): Options {
  const parsed = driver.options.safeParse(options ?? {})
  if (parsed.success) return parsed.data
  const issues: Issue[] = parsed.error.issues.map((i) => ({ path: i.path.join('.'), message: i.message }))
  throw new OpsError('OPTIONS_INVALID', `${driver.model}: ${issues.map((i) => `${i.path}: ${i.message}`).join('; ')}`, {
    issues,
  })
}

/** The value, or the same reading as a failed measurement: sentinels are judged on the raw number, per channel. */
export function measured(
  reading: Pick<Reading, 'kind' | 'at' | 'unit' | 'channel'> & { raw: number; sentinels: readonly number[] },
  scale: (raw: number) => number,
): Reading {
  const { raw, sentinels, ...rest } = reading
  if (sentinels.includes(raw)) return { ...rest, exception: 'ERROR_CONDITION', reason: 'sentinel', raw }
  return { ...rest, value: scale(raw) }
}

export function malformed(message: string): OpsError {
  return new OpsError('FRAME_MALFORMED', message)
}
