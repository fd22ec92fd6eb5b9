import { createAgent } from '@waytrace/edge-agent'
import { createLog, loadConfig, systemClock } from '@waytrace/standard/process'
import { tempDir } from '@waytrace/standard/testing'
import { type WaytraceConfig, waytraceConfig } from '../../src/config.ts'
import { type DataFolder, openDataFolder } from '../../src/data-folder.ts'
import { brokerPart, brokerUrlOf } from '../../src/parts/broker.ts'
import { ingestPart } from '../../src/parts/ingest.ts'
import { shellPart } from '../../src/parts/shell.ts'

const clock = systemClock()
const log = createLog('test', { level: 'silent' })

/** The whole centre in this process: broker, ingest and the HTTP shell on one data folder. */
export interface Site {
  config: WaytraceConfig
  folder: DataFolder
  brokerUrl: string
  /** A request with the rights of an operator; the answer's body. Throws on a status of 400 or more. */
  http(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

export async function site(given: Record<string, unknown> = {}, data = tempDir('site')): Promise<Site> {
  const overrides = { data, http: { port: 0 }, mqtt: { port: 0 }, journal: { reserveBytes: 0 }, ...given }
  const config = loadConfig(waytraceConfig, { env: {}, overrides })
  const folder = await openDataFolder(config, clock)
  const broker = brokerPart(config, folder, { clock, log })
  await broker.start()
  const brokerUrl = brokerUrlOf(config, broker.address)
  const fail = (error: unknown) => {
    throw error
  }
  const ingest = ingestPart(config, folder, { clock, log, brokerUrl, fail })
  await ingest.start()
  const { shell, users } = await shellPart(config, folder, { clock, log, health: () => [ingest.health()] })
  await shell.start()
  const { token } = await users.createToken('test', 'operator')
  return {
    config,
    folder,
    brokerUrl,
    async http(method, path, body) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const wanted = body === undefined ? {} : { body: JSON.stringify(body) }
      const answer = await fetch(`${shell.address}${path}`, {
        method,
        headers: body === undefined ? { authorization: headers.authorization } : headers,
        ...wanted,
      })
      const told = (await answer.json()) as Record<string, unknown>
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(told)}`)
      return told
    },
    async stop() {
      await shell.stop()
      await users.close()
      await broker.stop()
      await ingest.stop()
      await folder.close()
    },
  }
}

/** An edge agent in this process, with a folder of its own, started. */
export async function edgeAgent(config: Parameters<typeof createAgent>[0], dataDir: string) {
  const agent = createAgent(config, { clock, log, dataDir })
  await agent.start()
  return agent
}
