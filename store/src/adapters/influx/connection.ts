import { OpsError } from '@waytrace/standard'
import type { Clock } from '@waytrace/standard/process'
import type { InfluxConfig } from './config.ts'
import { ask, detectServer, type Server } from './server.ts'
import { linePoster, type PostLines } from './transport.ts'
import { type LinesWritten, writeLines } from './write-lines.ts'

/** A server that was found, and how to write to it. One write at a time. */
export interface InfluxConnection {
  write(lines: readonly string[]): Promise<LinesWritten>
}

export function influxConnection(config: InfluxConfig, clock: Clock): InfluxConnection {
  let found: { server: Server; post: PostLines } | undefined

  async function connect(): Promise<{ server: Server; post: PostLines }> {
    const server = await detectServer(config)
    return { server, post: linePoster(config, server.dialect, clock) }
  }

  /** 404 from 1.x: the database is missing. Once it is made, the same post is good. */
  async function createAndRetry(lines: readonly string[], refused: LinesWritten): Promise<LinesWritten> {
    const missing = /database not found/i.test(refused.retry?.error.message ?? '')
    if (!missing || !config.createDatabase || found?.server.dialect !== '1') return refused
    const duration = config.retention === undefined ? '' : ` WITH DURATION ${config.retention}`
    const name = `"${config.database.replace(/["\\]/g, '\\$&')}"`
    const response = await ask(config, '/query', new URLSearchParams({ q: `CREATE DATABASE ${name}${duration}` }))
    const text = await response.text()
    if (!response.ok || /"error"/.test(text)) {
      const message = `InfluxDB: database ${config.database} is missing and may not be created: ${text.slice(0, 200)}`
      return { bad: new Map(), retry: { error: new OpsError('STORE_REFUSED', message) } }
    }
    return writeLines(lines, found.post, config)
  }

  return {
    async write(lines) {
      try {
        found ??= await connect()
        const written = await writeLines(lines, found.post, config)
        const refused = written.retry?.error.code === 'STORE_REFUSED'
        const result = refused ? await createAndRetry(lines, written) : written
        // Another version may answer next time: an upgrade, or another server behind the address.
        if (result.retry !== undefined) found = undefined
        return result
      } catch (error) {
        if (error instanceof OpsError && error.disposition === 'retry') return { bad: new Map(), retry: { error } }
        throw error
      }
    },
  }
}
