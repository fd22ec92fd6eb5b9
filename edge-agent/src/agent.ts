import { join } from 'node:path'
import { type AgentAddress, OpsError } from '@waytrace/standard'
import type { JournalPorts } from '@waytrace/standard/journal'
import { COMPARE_MS, clockSanity } from './clock-sanity.ts'
import { commands } from './commands.ts'
import { type AgentConfig, checkAgentConfig } from './config.ts'
import { type DeadLetters, deadLetters } from './dead-letters.ts'
import { type LiveDevice, liveDevice } from './device.ts'
import { tzOffset } from './events/local-time.ts'
import { gapEvent, type SelfPorts } from './events/own-facts.ts'
import { healthReporter } from './health.ts'
import { groupByLink, type LinkGroup, pollUnits, routing } from './link-groups.ts'
import { openLink } from './links/open-link.ts'
import { type LocalState, openLocalState } from './local-state.ts'
import type { AgentClock, AgentLog, Link, LinkEvents } from './ports.ts'
import { type Presence, presence } from './presence.ts'
import { openSpool, type Spool, sequenceOf } from './spool.ts'
import { decodeSpoolEntry } from './spool-entry.ts'
import { type LiveStation, liveStation } from './stations/runtime.ts'
import { mqttUplink, type Uplink, type UplinkStats } from './uplink/mqtt.ts'

export interface AgentPorts {
  clock: AgentClock
  log: AgentLog
  /** Instead of `agent.dataDir`. */
  dataDir?: string
  /** The spool cannot go on: the process should end. By default the error is logged and the agent stops. */
  onFatal?: (error: OpsError) => void
  freeBytes?: JournalPorts['freeBytes']
}

export interface AgentStats {
  spool: { id: string; depth: number; last: number; mark: number; bytes: number; dropped: number }
  uplink: UplinkStats
  deadLettered: number
  /** Frames of devices that are not configured. */
  unknownFrames: number
  devices: Record<string, string>
}

/** One edge agent. Several may run in one process. */
export interface Agent {
  start(): Promise<void>
  /** Closes the links, keeps what they brought, says goodbye. Idempotent. */
  stop(): Promise<void>
  stats(): AgentStats
  /** Where the links listen, by link type and in the order of the devices. */
  addresses(): { type: string; host: string; port: number; devices: string[] }[]
  /** Frames and events the agent could not use, newest first. */
  deadLetters(limit: number): ReturnType<DeadLetters['list']>
}

interface Open {
  state: LocalState
  spool: Spool
  letters: DeadLetters
  devices: LiveDevice[]
  stations: LiveStation[]
  here: Presence
  uplink: Uplink
  links: { link: Link; group: LinkGroup }[]
  timers: { cancel(): void }[]
}

/** How often stations look for what is overdue. */
const STATION_TICK_MS = 5000

/** Throws `OpsError('CONFIG_INVALID')` for a wrong configuration; I/O begins in `start`. */
export function createAgent(wanted: AgentConfig, ports: AgentPorts): Agent {
  const config = checkAgentConfig(wanted)
  const { clock, log } = ports
  const address: AgentAddress = { site: config.agent.site, agent: config.agent.agent }
  const self: SelfPorts = { source: config.agent.source, tzOffset: tzOffset(config.agent.timezone) }
  let open: Open | undefined
  let unknownFrames = 0

  function fatal(error: OpsError): void {
    log.error({ err: error }, 'the agent cannot go on')
    if (ports.onFatal !== undefined) ports.onFatal(error)
    else void agent.stop()
  }

  async function build(): Promise<Open> {
    const dataDir = ports.dataDir ?? config.agent.dataDir
    const state = openLocalState(join(dataDir, 'state'))
    const free = ports.freeBytes === undefined ? {} : { freeBytes: ports.freeBytes }
    const spool = await openSpool(join(dataDir, 'spool'), config.spool, { ...self, ...free, clock, onFatal: fatal })
    const letters = deadLetters(state)
    const { gln, timezone } = config.agent
    const stations = new Map<string, LiveStation>()
    for (const station of config.stations)
      stations.set(station.id, await liveStation(station, { clock, state, spool, gln, timezone }))
    const devices = config.devices.map((device) =>
      liveDevice(device, {
        clock,
        log,
        spool,
        state,
        deadLetters: letters,
        timezone,
        station: device.station === undefined ? undefined : stations.get(device.station),
      }),
    )
    const here = presence(clock, address, devices)
    const links = groupByLink(devices).map((group) => ({
      group,
      link: linkOf(group, state, letters, here, () => uplink),
    }))
    const health = healthReporter({ clock, self, spool, letters, here, uplink: () => uplink })
    const served = commands({
      clock,
      log,
      address,
      state,
      device: (kind, slug) => devices.find(({ config: { kind: k, slug: s } }) => k === kind && s === slug),
      send: (device, text) => send(links, device, text),
      publish: (topic, payload) => uplink.publish(topic, payload, { retain: false }),
      announce: (device) => announce(uplink, here, device),
      health: () => health.body(),
    })
    const uplink: Uplink = mqttUplink(config.uplink, {
      clock,
      log,
      spool,
      address,
      presence: here,
      online: () => {
        for (const device of devices) announce(uplink, here, device)
      },
      received: (topic, payload) => void served.received(topic, payload),
      undeliverable: (position, bytes, why) => undeliverable(spool, letters, position, bytes, why),
      async lost(from, to) {
        const range = { fromSequence: sequenceOf(from), toSequence: sequenceOf(to), count: to - from + 1 }
        await spool.append([gapEvent(clock.now(), { reason: 'spool-lost', spool: spool.id, ...range }, self)])
      },
    })
    const sanity = clockSanity(clock, self)
    const keep = (what: Promise<unknown>) => void what.catch((err) => log.error({ err }, 'cannot spool an own event'))
    const timers = [
      clock.every(COMPARE_MS, () => {
        const jump = sanity.look()
        if (jump === undefined) return
        log.warn({ jump: jump.event.data }, 'the clock has jumped')
        keep(spool.append([jump]))
      }),
      clock.every(config.healthIntervalMs, () => keep(spool.append([health.event(sanity.offsetMs)]))),
      clock.every(STATION_TICK_MS, () => {
        for (const station of stations.values()) keep(station.tick())
      }),
    ]
    return { state, spool, letters, devices, stations: [...stations.values()], here, uplink, links, timers }
  }

  function linkOf(
    group: LinkGroup,
    state: LocalState,
    letters: DeadLetters,
    here: Presence,
    uplink: () => Uplink,
  ): Link {
    const route = routing(group)
    const first = group.devices[0]?.config
    const events: LinkEvents = {
      async frame(frame) {
        const device = route.find(frame)
        if (device === undefined) unknownFrames++
        else await device.take(frame)
      },
      async bad(bytes, error, from) {
        const device = route.find(from === undefined ? {} : { address: from })
        if (device !== undefined) return device.bad(bytes, error)
        const { code, message } = error
        await letters.add({ at: clock.now(), code, message, bytes: Buffer.from(bytes) })
      },
      state(now, { reason, address: from }) {
        if (now === 'up') log.info({ link: group.link.type, address: from }, 'link up')
        else log.warn({ link: group.link.type, address: from, reason }, 'link down')
        // A listening link being up says nothing of devices that have yet to come.
        const one = from === undefined ? undefined : route.find({ address: from })
        const listening = group.link.type === 'tcp-server' && group.link.protocol === 'teltonika'
        for (const device of one === undefined ? (listening ? [] : group.devices) : [one])
          if (here.set(device.config.slug, now === 'up' ? 'ready' : 'disconnected', reason))
            announce(uplink(), here, device)
      },
      knows: route.knows,
    }
    return openLink(group.link, {
      clock,
      log,
      events,
      state,
      framing: first?.framing,
      maxFrameBytes: first?.maxFrameBytes ?? 65_536,
      unwrap: first?.unwrap,
      units: pollUnits(group),
      agent: `${address.site}-${address.agent}`,
    })
  }

  async function undeliverable(
    spool: Spool,
    letters: DeadLetters,
    position: number,
    bytes: Uint8Array | undefined,
    why: string,
  ): Promise<void> {
    const sequence = sequenceOf(position)
    const json = bytes === undefined ? Buffer.alloc(0) : decodeSpoolEntry(bytes).json
    await letters.add({
      at: clock.now(),
      code: 'EVENT_INVALID',
      message: `${sequence}: ${why}`,
      bytes: Buffer.from(json),
    })
    const range = { spool: spool.id, fromSequence: sequence, toSequence: sequence, count: 1 }
    await spool.append([gapEvent(clock.now(), { reason: 'undeliverable', ...range }, self)])
  }

  const agent: Agent = {
    async start() {
      if (open !== undefined) return
      open = await build()
      open.uplink.start()
      for (const { link } of open.links) await link.start()
      log.info({ ...address, devices: config.devices.length, spool: open.spool.id }, 'agent started')
    },
    async stop() {
      const was = open
      if (was === undefined) return
      open = undefined
      for (const timer of was.timers) timer.cancel()
      await Promise.all(was.links.map(({ link }) => link.stop()))
      await was.uplink.stop()
      await was.spool.close()
      await was.state.close()
      log.info({ ...address }, 'agent stopped')
    },
    stats() {
      if (open === undefined) throw new OpsError('NOT_FOUND', 'the agent is not running')
      const { depth, last, bytes, dropped } = open.spool.stats()
      return {
        spool: { id: open.spool.id, depth, last, mark: open.spool.mark, bytes, dropped },
        uplink: open.uplink.stats(),
        deadLettered: open.letters.count,
        unknownFrames,
        devices: Object.fromEntries([...open.here.states()].map(([slug, { state }]) => [slug, state])),
      }
    },
    addresses: () =>
      (open?.links ?? []).flatMap(({ link, group }) => {
        const where = link.address?.()
        return where === undefined
          ? []
          : [{ type: group.link.type, ...where, devices: group.devices.map(({ config: { slug } }) => slug) }]
      }),
    deadLetters: (limit) => open?.letters.list(limit) ?? [],
  }
  return agent
}

/** Retained at the broker; after a break all are sent again, so a failure needs no repeat here. */
function announce(uplink: Uplink, here: Presence, device: LiveDevice): void {
  const { topic, payload } = here.status(device)
  uplink.publish(topic, payload, { retain: true }).catch(() => undefined)
}

async function send(links: Open['links'], device: LiveDevice, text: string): Promise<string> {
  const found = links.find(({ group }) => group.devices.includes(device))
  if (found?.link.send === undefined)
    throw new OpsError('INPUT_INVALID', `the link of ${device.config.slug} passes no commands through`)
  const { match } = device.config
  return found.link.send(typeof match === 'string' ? match : match?.[0], text)
}
