import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gs1Uri } from '@waytrace/standard'
import { type Journal, openJournal } from '@waytrace/standard/journal'
import { eventually, freePort, tempDir } from '@waytrace/standard/testing'
import { type Tracker, tracker } from './trackers.ts'
import { told } from './waytrace.ts'

/** An enrolled agent that telematics units report to, and the units. */
export interface Fleet {
  site: string
  agent: string
  username: string
  password: string
  configFile: string
  dataDir: string
  /** Where the units connect to. */
  port: number
  devices: { imei: string; urn: string }[]
  trackers: Tracker[]
  /** Lets the units report `events` records in all. */
  report(events: number): void
  /** Records that `report` asked for. */
  readonly wanted: number
  readonly acknowledged: number
  /** Resolves when the agent has acknowledged everything. */
  reported(): Promise<void>
  /** Events in the agent's spool that ingest has not marked. */
  spooled(): number
  /** Resolves when ingest's marks have let the agent forget everything. */
  forgotten(): Promise<void>
  stop(): Promise<void>
}

export interface FleetOptions {
  data: string
  brokerUrl: string
  devices?: number
  site?: string
  /** Of agent.yaml, over the fast reconnects that tests want. */
  uplink?: object
  spool?: object
}

const PER_PACKET = 50
const UNBOUNDED = { maxBytes: 1_073_741_824, reserveBytes: 0, onFull: 'wait' } as const

export async function enrolledFleet(options: FleetOptions): Promise<Fleet> {
  const { data, brokerUrl, site = 'fleet' } = options
  const agent = 'telematics'
  const source = gs1Uri('8004', `9521234AGT${site}`)
  const port = await freePort()
  const dataDir = tempDir('agent')
  const configFile = join(dataDir, 'agent.json')
  const devices = Array.from({ length: options.devices ?? 16 }, (_, i) => ({
    imei: imeiOf(i),
    urn: gs1Uri('8004', `9521234VGW${site}${i}`),
  }))
  const config = (password: string) => ({
    agent: { site, agent, source, gln: '9521234000006', dataDir },
    uplink: { url: brokerUrl, password, backoffMinMs: 20, backoffMaxMs: 500, ackTimeoutMs: 2000, ...options.uplink },
    spool: { ...UNBOUNDED, ...options.spool },
    devices: devices.map(({ imei, urn }, i) => ({
      slug: `unit-${i}`,
      urn,
      kind: 'gateway',
      link: { type: 'tcp-server', host: '127.0.0.1', port, protocol: 'teltonika' },
      match: imei,
      driver: 'teltonika-codec8e',
    })),
  })
  // YAML takes JSON.
  writeFileSync(configFile, JSON.stringify(config('not yet known')))
  const args = ['enroll', agent, '--site', site, '--data', data, '--agent-config', configFile, '--json']
  const { username, password } = JSON.parse(await told(args))
  writeFileSync(configFile, JSON.stringify(config(password)))

  let wanted = 0
  let spool: Journal | undefined
  const fleet: Fleet = {
    site,
    agent,
    username,
    password,
    configFile,
    dataDir,
    port,
    devices,
    trackers: [],
    report(events) {
      const records = Math.ceil(events / devices.length)
      for (const device of devices) fleet.trackers.push(tracker({ ...device, port, records, perPacket: PER_PACKET }))
      wanted = records * devices.length
    },
    get wanted() {
      return wanted
    },
    get acknowledged() {
      return fleet.trackers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
    },
    reported: () => eventually(() => fleet.acknowledged >= wanted, { timeoutMs: 180_000 }).then(() => {}),
    spooled() {
      spool ??= openJournal({ path: join(dataDir, 'spool', 'journal'), ...UNBOUNDED })
      const { last, cursors } = spool.stats()
      return last - (cursors.uplink?.position ?? 0)
    },
    forgotten: () => eventually(() => fleet.spooled() === 0, { timeoutMs: 180_000 }).then(() => {}),
    async stop() {
      for (const unit of fleet.trackers) unit.stop()
      await spool?.close()
    },
  }
  return fleet
}

/** The n-th IMEI of a made-up type: 14 digits and their Luhn digit. */
function imeiOf(n: number): string {
  const body = String(35_209_308_145_200 + n)
  const sum = [...body].reduce((total, digit, i) => {
    const value = i % 2 === 0 ? Number(digit) : Number(digit) * 2
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}
