import type { InfluxConfig } from '@waytrace/store'
import { act, type Check, type Finding, note, ok } from './finding.ts'

/** Whether InfluxDB, when configured, answers, which version it is, and whether the database is there. */
export const influx: Check = async ({ config: { influx: config } }) => {
  const what = 'InfluxDB'
  if (config === undefined) return [note(what, 'not configured: events are in the embedded store')]
  let version: string | undefined
  try {
    const answer = await ask(config, '/ping')
    version = answer.headers.get('x-influxdb-version')?.replace(/^v/, '')
    if (version === undefined && (answer.status === 401 || answer.status === 403))
      return [refused(config, answer.status)]
  } catch {
    return [
      act(what, `${config.url} does not answer`, 'start it, or correct INFLUX_URL; the log holds events meanwhile'),
    ]
  }
  if (version === undefined) return [act(what, `${config.url} does not answer like an InfluxDB`, 'correct INFLUX_URL')]
  return [ok(what, `${version} at ${config.url}`), await database(config, version)]
}

async function database(config: InfluxConfig, version: string): Promise<Finding> {
  const what = 'InfluxDB database'
  const name = version.startsWith('2.') ? (config.bucket ?? config.database) : config.database
  const answer = await ask(config, listing(config, name, version))
  const text = await answer.text()
  if (answer.status === 401 || answer.status === 403) return refused(config, answer.status)
  if (!answer.ok && answer.status !== 404) return act(what, `answers ${answer.status}`, 'look at the log of InfluxDB')
  if (answer.ok && names(text).has(name)) return ok(what, name)
  if (version.startsWith('1.') && config.createDatabase) return note(what, `${name} is made at the first write`)
  // 3 makes a database at its first write.
  if (version.startsWith('3.')) return note(what, `${name} is made at the first write`)
  return act(
    what,
    `${name} is missing`,
    `create it, or correct influx.${version.startsWith('2.') ? 'bucket' : 'database'}`,
  )
}

function listing({ org }: InfluxConfig, name: string, version: string): string {
  if (version.startsWith('1.')) return `/query?${new URLSearchParams({ q: 'SHOW DATABASES' })}`
  if (version.startsWith('2.'))
    return `/api/v2/buckets?${new URLSearchParams({ name, ...(org === undefined ? {} : { org }) })}`
  return '/api/v3/configure/database?format=json'
}

/** Every string in the answer: each version wraps its names in another form. */
function names(text: string): Set<string> {
  const found = new Set<string>()
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'string') found.add(value)
    return value
  })
  return found
}

function refused({ url }: InfluxConfig, status: number): Finding {
  return act('InfluxDB', `${url} refuses the credentials (${status})`, 'correct user and password, or the token')
}

function ask({ url, username, password, token, timeoutMs }: InfluxConfig, path: string): Promise<Response> {
  const basic = `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`
  const authorization = token !== undefined ? `Token ${token}` : username !== undefined ? basic : undefined
  return fetch(new URL(path.slice(1), url.endsWith('/') ? url : `${url}/`), {
    signal: AbortSignal.timeout(Math.min(timeoutMs, 5000)),
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  })
}
