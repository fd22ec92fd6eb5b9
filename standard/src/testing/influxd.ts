import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type StartedProcess, startProgram } from './child-process.ts'
import { eventually } from './eventually.ts'
import { freePort, tempDir } from './places.ts'

/** A real InfluxDB 1.x on free ports, with its data in a temporary folder. */
export interface Influxd {
  url: string
  /** InfluxQL; the parsed answer. */
  query(q: string, database?: string): Promise<unknown>
  /** As a crash does, by default. The data stays: `start` again. */
  kill(signal?: NodeJS.Signals): Promise<void>
  start(): Promise<void>
}

/** Starts Debian's `influxd`. Caller kills it. `auth` wants users; make the first with `CREATE USER ... ADMIN`. */
export async function startInfluxd({ auth = false }: { auth?: boolean } = {}): Promise<Influxd> {
  const folder = tempDir('influxd')
  const [http, rpc] = [await freePort(), await freePort()]
  const config = join(folder, 'influxd.conf')
  mkdirSync(join(folder, 'data'), { recursive: true })
  writeFileSync(config, configText({ folder, http, rpc, auth }))
  const url = `http://127.0.0.1:${http}`
  let running: StartedProcess | undefined
  const start = async () => {
    const started = startProgram('/usr/bin/influxd', { args: ['-config', config] })
    running = started
    await Promise.race([
      eventually(async () => (await fetch(`${url}/ping`)).status === 204, { timeoutMs: 30_000, intervalMs: 50 }),
      started.exited.then((code) => {
        throw new Error(`influxd ended with ${code}: ${started.stderr.slice(-2000)}`)
      }),
    ])
  }
  await start()
  return {
    url,
    start,
    async query(q, database) {
      const body = new URLSearchParams({ q, epoch: 'ms', ...(database === undefined ? {} : { db: database }) })
      return (await fetch(`${url}/query`, { method: 'POST', body })).json()
    },
    async kill(signal = 'SIGKILL') {
      await running?.kill(signal)
      running = undefined
    },
  }
}

function configText({ folder, http, rpc, auth }: { folder: string; http: number; rpc: number; auth: boolean }): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  auth-enabled = ${auth}
  log-enabled = false
[continuous_queries]
  enabled = false
[[udp]]
  enabled = false
`
}
