import { OpsError } from '@waytrace/standard'
import type { InfluxConfig } from './config.ts'

export type Dialect = '1' | '2' | '3'

/** A server as it was found. */
export interface Server {
  version: string
  dialect: Dialect
}

/** Asks `/ping` which version answers. Throws `OpsError('STORE_UNAVAILABLE')` or `('STORE_REFUSED')`. */
export async function detectServer(config: InfluxConfig): Promise<Server> {
  const response = await ask(config, '/ping')
  await response.arrayBuffer()
  const header = response.headers.get('x-influxdb-version')
  if (header === null && (response.status === 401 || response.status === 403))
    throw new OpsError('STORE_REFUSED', `InfluxDB at ${config.url} refuses the credentials (${response.status})`)
  if (header === null)
    throw new OpsError('STORE_UNAVAILABLE', `${config.url} does not answer /ping like an InfluxDB (${response.status})`)
  const version = header.replace(/^v/, '')
  const major = /^(\d+)\./.exec(version)?.[1]
  return { version, dialect: major === '1' ? '1' : major === '2' ? '2' : '3' }
}

/** One request with the credentials every dialect knows. Throws `OpsError('STORE_UNAVAILABLE')` when nobody answers. */
export async function ask(config: InfluxConfig, path: string, body?: URLSearchParams): Promise<Response> {
  try {
    return await fetch(new URL(path.replace(/^\//, ''), slashed(config.url)), {
      ...(body === undefined ? {} : { method: 'POST', body }),
      headers: authorization(config),
      signal: AbortSignal.timeout(config.timeoutMs),
    })
  } catch (cause) {
    throw new OpsError('STORE_UNAVAILABLE', `InfluxDB at ${config.url} does not answer`, { cause })
  }
}

/** Basic for 1.x, a token for 2.x and 3 (which reads both `Token` and `Bearer`). */
export function authorization({ username, password, token }: InfluxConfig): Record<string, string> {
  if (token !== undefined) return { authorization: `Token ${token}` }
  if (username === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` }
}

/** Where lines go. Precision is always stated as `ns`, which every version reads alike. */
export function writePath(config: InfluxConfig, dialect: Dialect): string {
  const { database, retentionPolicy, org, bucket } = config
  switch (dialect) {
    case '1': {
      const query = new URLSearchParams({ db: database, precision: 'ns' })
      if (retentionPolicy !== undefined) query.set('rp', retentionPolicy)
      return `/write?${query}`
    }
    case '2':
      return `/api/v2/write?${new URLSearchParams({ org: org ?? '', bucket: bucket ?? database, precision: 'ns' })}`
    case '3':
      return `/api/v3/write_lp?${new URLSearchParams({ db: database, precision: 'ns' })}`
  }
}

function slashed(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
