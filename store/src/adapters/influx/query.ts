import { OpsError } from '@waytrace/standard'
import type { InfluxConfig } from './config.ts'
import { ask } from './server.ts'

/** One row of an answer, by column; `time` in UTC ms. */
export type Row = Record<string, unknown>

/** InfluxQL over HTTP: the language 1.x, 2.x and 3 share. Several statements in one request give several lists. */
export async function influxQuery(config: InfluxConfig, statements: readonly string[]): Promise<Row[][]> {
  const body = new URLSearchParams({ db: config.database, epoch: 'ms', q: statements.join(';') })
  if (config.retentionPolicy !== undefined) body.set('rp', config.retentionPolicy)
  const response = await ask(config, '/query', body)
  const text = await response.text()
  if (response.status >= 500 || response.status === 429)
    throw new OpsError('STORE_UNAVAILABLE', `InfluxDB: ${response.status} ${text.slice(0, 200)}`)
  if (!response.ok) throw new OpsError('STORE_REFUSED', `InfluxDB: ${response.status} ${text.slice(0, 200)}`)
  const { results } = JSON.parse(text) as { results?: Result[] }
  return statements.map((_, i) => rowsOf(results?.[i]))
}

/** A text as an InfluxQL string. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

/** A time in InfluxQL, from UTC ms, within what nanoseconds in 64 bits can say. */
export function timeLiteral(ms: number): string {
  const furthest = 9_223_372_036_000
  return `${Math.floor(Math.max(-furthest, Math.min(furthest, ms)))}ms`
}

interface Result {
  error?: string
  series?: { columns: string[]; values: unknown[][] }[]
}

function rowsOf(result: Result | undefined): Row[] {
  if (result?.error !== undefined) {
    const missing = /database not found|retention policy not found/i.test(result.error)
    if (missing) return []
    throw new OpsError('STORE_REFUSED', `InfluxDB: ${result.error}`)
  }
  return (result?.series ?? []).flatMap(({ columns, values }) =>
    values.map((value) => Object.fromEntries(columns.map((column, i) => [column, value[i]]))),
  )
}
