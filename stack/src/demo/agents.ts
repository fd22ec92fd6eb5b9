import { type AgentConfig, checkAgentConfig } from '@waytrace/edge-agent'
import {
  agentUrn,
  coldRoom,
  type DemoSite,
  deviceUrn,
  ORDER_GLN,
  placeUri,
  SITES,
  type StationName,
  scannerUrn,
  stationsOf,
  TRUCKS,
  truckUri,
} from './network.ts'

/** Where the virtual devices of the demo listen, and what the agents need to reach the broker. */
export interface DemoPorts {
  brokerUrl: string
  /** By `site/station`: the port of that network scanner. */
  scanners: ReadonlyMap<string, number>
  /** By site: the port of its cold room controller. */
  rooms: ReadonlyMap<string, number>
  /** Port of the yard tractor's NMEA multiplexer. */
  yard: number
  /** Port the fleet agent listens on for telematics units. */
  fleet: number
  dataDir: (agent: string) => string
  passwords: ReadonlyMap<string, string>
}

const MODES: Record<
  StationName,
  { mode: 'observe' | 'packing' | 'loading' | 'unloading'; bizStep: string; place: string }
> = {
  pick: { mode: 'observe', bizStep: 'picking', place: 'PICK01' },
  pack: { mode: 'packing', bizStep: 'packing', place: 'PACK01' },
  stage: { mode: 'observe', bizStep: 'staging_outbound', place: 'COLD01' },
  'dock-out': { mode: 'loading', bizStep: 'loading', place: 'DOCK07' },
  'dock-in': { mode: 'unloading', bizStep: 'unloading', place: 'DOCK02' },
  accept: { mode: 'observe', bizStep: 'accepting', place: 'DOCK02' },
  shelf: { mode: 'observe', bizStep: 'storing', place: 'COLD01' },
}

/** Names of the demo's agents: one on each site's floor, one for the fleet. */
export const FLOOR = 'floor'
export const FLEET = { site: 'fleet', agent: 'telematics' } as const

export function demoAgents(ports: DemoPorts): AgentConfig[] {
  return [...SITES.map((site) => floorAgent(site, ports)), fleetAgent(ports)]
}

/** The agent of one site: scanners with their stations, the cold room's controller and tag, the yard's receiver. */
function floorAgent(site: DemoSite, ports: DemoPorts): AgentConfig {
  const scanners = stationsOf(site).map((station) => ({
    slug: `scanner-${station}`,
    urn: scannerUrn(site.site, station),
    kind: 'scanner',
    link: { type: 'tcp', host: '127.0.0.1', port: ports.scanners.get(`${site.site}/${station}`) },
    driver: 'gs1',
    station,
    place: placeUri(site, MODES[station].place),
  }))
  const controller = {
    slug: 'room-controller',
    urn: deviceUrn(`RMC-${site.site.toUpperCase()}`),
    kind: 'controller',
    link: { type: 'modbus', host: '127.0.0.1', port: ports.rooms.get(site.site), unit: 1, intervalMs: 1000 },
    driver: 'modbus',
    options: {
      map: [
        {
          kind: 'temperature',
          address: 0,
          function: 3,
          type: 'int16',
          scale: 0.01,
          sentinels: [-32768],
          channel: 'air',
        },
        { kind: 'door', address: 0, function: 2, type: 'bool', channel: 'door' },
      ],
    },
    place: coldRoom(site),
    bizStep: 'sensor_reporting',
    report: { deadband: 0.2, minIntervalMs: 60_000, maxIntervalMs: 300_000 },
  }
  const tag = {
    slug: 'room-tag',
    urn: deviceUrn(`TAG-${site.site.toUpperCase()}`),
    kind: 'sensor',
    link: {
      type: 'mqtt-bridge',
      url: ports.brokerUrl,
      topics: [`gw/${site.site}/ruuvi/#`],
      username: `${site.site}/${FLOOR}`,
      password: ports.passwords.get(`${site.site}/${FLOOR}`),
    },
    unwrap: 'ruuvi-gateway',
    driver: 'ruuvi-df5',
    place: coldRoom(site),
    bizStep: 'sensor_reporting',
  }
  const yard = {
    slug: 'yard-tractor',
    urn: deviceUrn('YRD-1'),
    kind: 'vehicle',
    link: { type: 'tcp', host: '127.0.0.1', port: ports.yard },
    driver: 'nmea-0183',
    place: placeUri(site, 'YARD'),
  }
  const stations = stationsOf(site).map((station) => ({
    id: station,
    mode: MODES[station].mode,
    bizStep: MODES[station].bizStep,
    readPoint: placeUri(site, MODES[station].place),
    bizLocation: placeUri(site, MODES[station].place),
    timezone: 'Europe/Berlin',
    // People badge in for each job, minutes apart on the demo's fast clock: a label may come again soon.
    duplicateWindowMs: 500,
  }))
  const devices = [...scanners, controller, tag, ...(site.warehouse ? [] : [yard])]
  return agent(site.site, FLOOR, agentUrn(site.site), ports, { devices, stations })
}

/** The agent the trailers' telematics units report to. */
function fleetAgent(ports: DemoPorts): AgentConfig {
  const devices = TRUCKS.map((truck) => ({
    slug: truck.truck,
    urn: deviceUrn(`VGW-${truck.truck.toUpperCase()}`),
    kind: 'gateway',
    link: { type: 'tcp-server', host: '127.0.0.1', port: ports.fleet, protocol: 'teltonika' },
    match: truck.imei,
    driver: 'teltonika-codec8e',
    place: truckUri(truck),
    bizStep: 'transporting',
    limits: [{ kind: 'temperature', min: 2, max: 8 }],
  }))
  return agent(FLEET.site, FLEET.agent, agentUrn(FLEET.site), ports, { devices, stations: [] })
}

function agent(site: string, name: string, source: string, ports: DemoPorts, parts: object): AgentConfig {
  const username = `${site}/${name}`
  return checkAgentConfig({
    agent: {
      site,
      agent: name,
      source,
      gln: ORDER_GLN,
      timezone: 'Europe/Berlin',
      dataDir: ports.dataDir(`${site}-${name}`),
    },
    uplink: { url: ports.brokerUrl, username, password: ports.passwords.get(username) },
    spool: { maxBytes: 268_435_456, reserveBytes: 67_108_864 },
    ...parts,
  })
}
