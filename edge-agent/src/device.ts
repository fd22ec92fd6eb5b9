import { createHash } from 'node:crypto'
import { type Driver, driverNamed, type Observation, parseOptions, replayGuard } from '@waytrace/devices'
import { deviceSettings, OpsError } from '@waytrace/standard'
import { z } from 'zod'
import { type DeviceConfig, reportConfig } from './config.ts'
import type { DeadLetters } from './dead-letters.ts'
import { tzOffset } from './events/local-time.ts'
import { type Sensed, sensorEvents } from './events/sensor-events.ts'
import type { DeviceSettings, LocalState } from './local-state.ts'
import type { AgentClock, AgentLog, Frame } from './ports.ts'
import { type Reporting, reporting } from './reporting.ts'
import type { Spool } from './spool.ts'
import type { LiveStation } from './stations/runtime.ts'

export interface DevicePorts {
  clock: AgentClock
  log: AgentLog
  spool: Pick<Spool, 'append'>
  state: Pick<LocalState, 'settings' | 'counters' | 'durably'>
  deadLetters: DeadLetters
  timezone: string
  station?: LiveStation | undefined
}

/** One device: its frames become observations, and these become events. */
export interface LiveDevice {
  readonly config: DeviceConfig
  /** Resolves when all that became of the frame is durable, a dead letter included. */
  take(frame: Frame): Promise<void>
  /** Bytes that are no frame. */
  bad(bytes: Uint8Array, error: OpsError): Promise<void>
  /** The next frame is reported whole, whatever the deadband. */
  reportNow(): void
  /** Applies what the centre sent on `cfg`. Throws `OpsError('INPUT_INVALID')`. */
  configure(settings: unknown): Promise<void>
  /** Changes parts of how it reports and leaves the rest. Throws `OpsError('INPUT_INVALID')`. */
  adjust(report: Record<string, unknown>): Promise<void>
  /** Version of the settings in force, where the centre gave one. */
  settingsVersion(): string | number | undefined
}

/** `cfg`; a newer centre may say more than this agent knows. */
const settingsSchema = z.looseObject({
  version: z.union([z.string(), z.number()]).optional(),
  ...deviceSettings.shape,
})

/** Frames remembered against repeats: gateways that hear the same tag. */
const MAX_SEEN = 256

export function liveDevice(config: DeviceConfig, ports: DevicePorts): LiveDevice {
  const { clock, spool, state, deadLetters } = ports
  const driver = driverNamed(config.driver)
  const options = parseOptions(driver, config.options)
  const offset = tzOffset(ports.timezone)
  let settings: DeviceSettings = state.settings.get(config.slug) ?? {}
  let limits = config.limits
  let report: Reporting = reporting(undefined, () => limits)
  const seen = new Map<string, number>()
  apply()

  function apply(): void {
    const parsed = settingsSchema.parse(settings)
    limits = parsed.limits ?? config.limits
    const merged =
      parsed.report === undefined ? config.report : reportConfig.parse({ ...config.report, ...parsed.report })
    report = reporting(merged, () => limits)
  }

  /** Whether the same frame came within the window; remembers it. */
  function repeated({ bytes, port, receivedAt }: Frame): boolean {
    if (config.duplicateWindowMs === 0) return false
    const key = createHash('sha1')
      .update(`${port ?? ''}:`)
      .update(bytes)
      .digest('base64')
    const before = seen.get(key)
    seen.delete(key)
    seen.set(key, receivedAt)
    if (seen.size > MAX_SEEN) seen.delete(seen.keys().next().value as string)
    return before !== undefined && Math.abs(receivedAt - before) < config.duplicateWindowMs
  }

  /** Refuses replays by the device's own counter, and drops what was heard twice. Called after a good decode. */
  function fresh(which: Driver<unknown>, frame: Frame): { fresh: boolean; keep?: () => void } {
    const counter = which.counter?.(frame.bytes, frame, options)
    if (counter === undefined) return { fresh: true }
    const { verdict, last } = replayGuard(state.counters.get(config.slug), counter)
    if (verdict === 'replay') throw new OpsError('FRAME_MALFORMED', `frame counter ${counter.value} is a replay`)
    if (verdict === 'repeat') return { fresh: false }
    return { fresh: true, keep: () => void state.counters.put(config.slug, last) }
  }

  async function refuse(bytes: Uint8Array, { code, message }: OpsError): Promise<void> {
    ports.log.warn({ device: config.slug, code, message }, 'frame refused')
    await deadLetters.add({ at: clock.now(), device: config.slug, code, message, bytes: Buffer.from(bytes) })
  }

  async function use(observations: readonly Observation[], which: Driver<unknown>): Promise<void> {
    const sensed: Sensed[] = []
    for (const observation of observations) {
      if (observation.kind !== 'scan') sensed.push(observation)
      else if (ports.station !== undefined) {
        const from = {
          slug: config.slug,
          urn: config.urn,
          kind: config.kind,
          driver: `${which.model}/${which.version}`,
        }
        await ports.station.take({ kind: 'scan', scan: observation, from })
      } else throw new OpsError('OPTIONS_INVALID', 'a scan, but the device has no station')
    }
    const worth = report.pick(sensed)
    if (worth.length === 0) return
    await spool.append(sensorEvents(worth, { device: config, driver: which, limits, tzOffset: offset }))
  }

  function checked(wanted: unknown): DeviceSettings {
    const parsed = settingsSchema.safeParse(wanted)
    if (!parsed.success)
      throw new OpsError('INPUT_INVALID', z.prettifyError(parsed.error), {
        issues: parsed.error.issues.map((i) => ({ path: i.path.join('.'), message: i.message })),
      })
    const { version, report: newReport, limits: newLimits } = parsed.data
    return { version, report: newReport, limits: newLimits }
  }

  async function store(wanted: DeviceSettings): Promise<void> {
    settings = wanted
    apply()
    await state.durably(() => void state.settings.put(config.slug, settings))
  }

  return {
    config,
    async take(frame) {
      if (repeated(frame)) return
      try {
        const which = frame.model === undefined ? driver : driverNamed(frame.model)
        const observations = which.decode(frame.bytes, frame, options)
        const judged = fresh(which, frame)
        if (!judged.fresh) return
        await use(observations, which)
        if (judged.keep !== undefined) await state.durably(judged.keep)
      } catch (error) {
        if (!(error instanceof OpsError) || error.disposition !== 'reject') throw error
        await refuse(frame.bytes, error)
      }
    },
    bad: refuse,
    reportNow: () => report.reset(),
    async configure(wanted) {
      const next = checked(wanted)
      const text = JSON.stringify(next)
      // `cfg` is retained and comes at every connect: again, it must not undo what a command adjusted since.
      if (text !== settings.configured) await store({ ...next, configured: text })
    },
    async adjust(change) {
      const { configured } = settings
      const next = checked({ ...settings, report: { ...settings.report, ...change } })
      await store(configured === undefined ? next : { ...next, configured })
    },
    settingsVersion: () => settings.version,
  }
}
