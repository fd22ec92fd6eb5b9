import { randomBytes } from 'node:crypto'
import { type AgentAddress, formatTopic } from '@waytrace/standard'
import type { LiveDevice } from './device.ts'
import { isoTime } from './events/local-time.ts'
import type { AgentClock } from './ports.ts'

export type DeviceState = 'init' | 'ready' | 'disconnected' | 'alert'

/** Version of the agent, in its birth. */
export const FIRMWARE = '0.1.0'

interface Status {
  state: DeviceState
  time: string
  reason?: string
  config?: string | number
}

/** What is retained at the broker about the agent and its devices. */
export interface Presence {
  readonly bootid: string
  birth(session: number): object
  death(session: number, state: 'lost' | 'disconnected'): object
  /** A device's state; true when it changed. */
  set(slug: string, state: DeviceState, reason?: string): boolean
  /** Topic and payload of a device's retained status. */
  status(device: LiveDevice): { topic: string; payload: Status }
  states(): ReadonlyMap<string, Status>
}

/**
 * Each connection has a boot id of its own, because a will may come late: one of an earlier connection must not mark
 * the living agent as lost.
 */
export function presence(clock: AgentClock, address: AgentAddress, devices: readonly LiveDevice[]): Presence {
  const bootid = randomBytes(6).toString('hex')
  const states = new Map<string, Status>()
  for (const { config } of devices) states.set(config.slug, { state: 'init', time: isoTime(clock.now()) })
  return {
    bootid,
    birth: (session) => ({
      state: 'ready',
      bootid: `${bootid}-${session}`,
      seq: session,
      time: isoTime(clock.now()),
      fw: FIRMWARE,
      devices: devices.map(({ config: { slug, kind, urn, place } }) => ({
        slug,
        kind,
        urn,
        ...(place === undefined ? {} : { place }),
      })),
    }),
    // A will is fixed when the connection begins: the time of a loss is when it is received.
    death: (session, state) => ({
      state,
      bootid: `${bootid}-${session}`,
      ...(state === 'lost' ? {} : { seq: session, time: isoTime(clock.now()) }),
    }),
    set(slug, state, reason) {
      const before = states.get(slug)
      if (before?.state === state && before.reason === reason) return false
      states.set(slug, { state, time: isoTime(clock.now()), ...(reason === undefined ? {} : { reason }) })
      return true
    },
    status({ config, settingsVersion }) {
      const version = settingsVersion()
      const status = states.get(config.slug) ?? { state: 'init' as const, time: isoTime(clock.now()) }
      return {
        topic: formatTopic({ what: 'status', ...address, kind: config.kind, device: config.slug }),
        payload: { ...status, ...(version === undefined ? {} : { config: version }) },
      }
    },
    states: () => states,
  }
}
