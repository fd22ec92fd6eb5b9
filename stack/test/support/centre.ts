import { openJournal } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { eventually, freePort, tempDir } from '@waytrace/standard/testing'
import { folders } from '../../src/data-folder.ts'
import { readNotice } from '../../src/parts/notice.ts'
import { openLog } from './balance.ts'
import { type Supervised, supervised } from './waytrace.ts'

/** Broker and ingest as processes of their own on one data folder. */
export interface Centre {
  data: string
  mqttPort: number
  brokerUrl: string
  broker(): Promise<Supervised>
  ingest(): Promise<Supervised>
  /** Events in the log. */
  logged(): number
  /** How far each reader of the log is. */
  cursors(): Record<string, number>
  /** What a part last said of itself. */
  health(part: string): ReturnType<typeof readNotice>
  /** Resolves when ingest has taken the whole journal and every consumer the whole log. */
  drained(): Promise<void>
  /** Ends what was started here; exit codes of a clean end. */
  stop(): Promise<(number | null)[]>
  close(): Promise<void>
}

export interface CentreOptions {
  env?: Record<string, string>
  data?: string
  externalUrl?: string
  args?: string[]
}

const LONG = { timeoutMs: 180_000, intervalMs: 50 }

export async function centre({
  env = {},
  data = tempDir('centre'),
  externalUrl,
  args = [],
}: CentreOptions = {}): Promise<Centre> {
  const mqttPort = await freePort()
  const log = openLog(data)
  const journal = openJournal({
    path: folders(data).journal,
    maxBytes: 4_294_967_296,
    reserveBytes: 0,
    onFull: 'wait',
  })
  const started: Supervised[] = []
  const calm = { WAYTRACE_STOP_SECONDS: '60', ...env }
  const all = externalUrl === undefined ? calm : { ...calm, MQTT_URL: externalUrl }
  const start = async (part: string, ready: RegExp) => {
    const made = await supervised(ready, [part, '--data', data, '--mqtt-port', String(mqttPort), ...args], all)
    started.push(made)
    return made
  }
  return {
    data,
    mqttPort,
    brokerUrl: externalUrl ?? `mqtt://127.0.0.1:${mqttPort}`,
    broker: () => start('broker', /^Broker is ready/),
    ingest: () => start('ingest', /^Ingest is ready/),
    logged: () => log.stats().last,
    cursors: () =>
      Object.fromEntries(Object.entries(log.stats().cursors).map(([name, { position }]) => [name, position])),
    health: (part) => readNotice(data, part, systemClock().now()),
    async drained() {
      await eventually(() => {
        const behind = [journal.stats(), log.stats()].flatMap(({ cursors, last }) =>
          Object.entries(cursors).flatMap(([name, { position }]) =>
            position === last ? [] : [`${name} ${position} of ${last}`],
          ),
        )
        if (behind.length > 0) throw new Error(`not drained: ${behind.join(', ')}; ${started.map(said).join('\n')}`)
      }, LONG)
    },
    async stop() {
      const codes: (number | null)[] = []
      for (const part of started.splice(0).reverse()) codes.push(await part.stop())
      return codes
    },
    async close() {
      for (const part of started.splice(0)) await part.stop('SIGKILL')
      await log.close()
      await journal.close()
    },
  }
}

/** The newest of what a part logged, for a test that fails. */
function said({ current }: Supervised): string {
  return current.stderr.slice(-2000)
}
