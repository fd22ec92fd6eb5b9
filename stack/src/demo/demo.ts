import { join } from 'node:path'
import { encodeRmc } from '@waytrace/devices'
import { type Agent, createAgent } from '@waytrace/edge-agent'
import { type Log, type ScaledClock, systemClock, type Timer } from '@waytrace/standard/process'
import { type Identities, newPassword } from '@waytrace/store'
import type { Act } from './acts.ts'
import { type DemoPorts, demoAgents, FLEET, FLOOR } from './agents.ts'
import { type ByteServer, byteServer } from './devices/byte-server.ts'
import { type RoomController, roomController } from './devices/room-controller.ts'
import { shopSystem } from './devices/shop-system.ts'
import { type TagGateway, tagGateway } from './devices/tag-gateway.ts'
import { type Tracker, tracker } from './devices/tracker.ts'
import { deviceUrn, SITES, stationsOf, TRUCKS } from './network.ts'
import { type Past, rememberPast } from './past.ts'
import { world } from './world.ts'

export interface DemoOptions {
  data: string
  past: Past
  clock: ScaledClock
  log: Log
  identities: Identities
  brokerUrl: string
  /** Where the shop system captures its EPCIS documents. */
  http: { url: string; token: string }
}

export interface Demo {
  start(): Promise<void>
  stop(): Promise<void>
}

type Slugs = Parameters<Identities['enrol']>[0]['devices']

const GATEWAY = 'ruuvi'
const TICK_MS = 20
const SAVE_MS = 1000
/** A stop waits this long for devices that still have something to say. */
const SETTLE_MS = 1500

/**
 * The demo site: a simulated world whose every act enters through a device link as real bytes. Edge agents of the
 * product read them, as they would read a warehouse's.
 */
export function createDemo(options: DemoOptions): Demo {
  const { clock, log, identities, brokerUrl } = options
  const real = systemClock()
  const file = join(options.data, 'demo.json')
  const past = { ...options.past }
  const play = world(past.seed, past.startedAt)
  play.advance(past.playedTo) // in silence: the devices said it before

  const scanners = new Map<string, ByteServer>()
  for (const site of SITES)
    for (const station of stationsOf(site)) scanners.set(`${site.site}/${station}`, byteServer())
  const rooms = new Map<string, RoomController>(SITES.map(({ site }) => [site, roomController()]))
  const gateways = new Map<string, TagGateway>()
  const trackers = new Map<string, Tracker>()
  const yard = byteServer()
  const shop = shopSystem(options.http, real, log)
  const agents: Agent[] = []
  const senders = [
    ...SITES.flatMap(({ site }) => [`${site}/${FLOOR}`, `${site}/${GATEWAY}`]),
    `${FLEET.site}/${FLEET.agent}`,
  ]
  const passwords = new Map(senders.map((sender) => [sender, newPassword()]))
  const timers: Timer[] = []

  const handlers: { [W in Act['what']]: (act: Extract<Act, { what: W }>) => void } = {
    beep: ({ site, station, symbol }) =>
      scanners.get(`${site}/${station}`)?.say(Buffer.from(`${symbol}\r\n`, 'latin1')),
    shop: ({ facts }) => shop.tell(facts),
    tracker: ({ at, truck, sample }) => trackers.get(truck)?.record(at, sample),
    tag: (act) => gateways.get(act.site)?.hear(act.at, act),
    room: ({ site, temperatureC, doorOpen }) => rooms.get(site)?.set(temperatureC, doorOpen),
    yard: ({ at, latitude, longitude, speedKmh }) =>
      yard.say(encodeRmc({ kind: 'position', at, latitude, longitude, speedKmh })),
  }

  function tick() {
    const until = clock.now()
    for (const act of play.advance(until)) (handlers[act.what] as (act: Act) => void)(act)
    past.playedTo = until
  }

  /** Starts the virtual devices that listen; the agents connect to them. */
  async function listen(): Promise<Omit<DemoPorts, 'passwords'>> {
    const portsOf = async (servers: ReadonlyMap<string, { start(): Promise<number> }>) =>
      new Map(await Promise.all([...servers].map(async ([key, server]) => [key, await server.start()] as const)))
    return {
      brokerUrl,
      scanners: await portsOf(scanners),
      rooms: await portsOf(rooms),
      yard: await yard.start(),
      fleet: 0,
      dataDir: (agent) => join(options.data, 'agents', agent),
    }
  }

  /** Enrols a sender with a password that lives as long as this process. */
  async function enrol(kind: 'agent' | 'gateway', site: string, agent: string, sourceUrn: string, devices: Slugs) {
    const password = passwords.get(`${site}/${agent}`) ?? ''
    await identities.enrol({ site, agent, kind, sourceUrn, devices, password })
  }

  return {
    async start() {
      const configs = demoAgents({ ...(await listen()), passwords })
      await Promise.all([
        ...configs.map(({ agent: { site, agent, source }, devices }) =>
          enrol(
            'agent',
            site,
            agent,
            source,
            Object.fromEntries(devices.map(({ slug, urn, kind }) => [slug, { urn, kind }])),
          ),
        ),
        ...SITES.map(({ site }) => enrol('gateway', site, GATEWAY, deviceUrn(`GWY-${site.toUpperCase()}`), {})),
      ])
      for (const config of configs) {
        const agent = createAgent(config, {
          clock,
          log: log.child({ agent: config.uplink.username }, { level: 'warn' }),
        })
        agents.push(agent)
        await agent.start()
      }
      for (const [i, { site }] of SITES.entries()) {
        const username = `${site}/${GATEWAY}`
        const password = passwords.get(username) ?? ''
        const gateway = tagGateway({ url: brokerUrl, site, username, password, tagMac: `CB:B8:33:4C:88:0${i + 1}` })
        gateways.set(site, gateway)
        await gateway.start()
      }
      const fleetPort = agents.at(-1)?.addresses()[0]?.port ?? 0
      for (const { truck, imei } of TRUCKS) trackers.set(truck, tracker(imei, fleetPort, real))
      timers.push(
        real.every(TICK_MS, tick),
        real.every(SAVE_MS, () => rememberPast(file, past)),
      )
    },
    async stop() {
      for (const timer of timers) timer.cancel()
      rememberPast(file, past)
      // What was played will not be played again: the devices bring it to their agents before they end.
      const units = [...trackers.values()]
      const settled = Promise.all([shop.settled(), ...units.map((unit) => unit.settled())])
      await Promise.all([
        Promise.race([settled, real.sleep(SETTLE_MS)]),
        ...[...gateways.values()].map((gateway) => gateway.stop()),
        ...[...scanners.values(), yard].map((scanner) => scanner.stop()),
      ])
      for (const unit of units) unit.stop()
      await shop.stop()
      await Promise.all(agents.map((agent) => agent.stop()))
      await Promise.all([...rooms.values()].map((room) => room.stop()))
    },
  }
}
