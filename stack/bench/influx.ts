import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { orderNumber } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import { influxConfig, influxStore, lmdbPointNumbers, memoryPointNumbers, type PointNumbers } from '@waytrace/store'
import { workload } from '../../store/bench/workload.ts'
import { percentile } from './figure.ts'

const DATABASE = 'bench'
const BATCH = 1000

function openStore(url: string, numbers: PointNumbers) {
  return influxStore(influxConfig.parse({ url, database: DATABASE }), { numbers, clock: systemClock() })
}

/** Points a second that our store writes into a real InfluxDB. */
export async function fillInflux(url: string, path: string, events: number): Promise<number> {
  const numbers = lmdbPointNumbers(path)
  let points = 0
  const counted: PointNumbers = {
    ...numbers,
    begin(some) {
      for (const one of some) points += one.points
      return numbers.begin(some)
    },
  }
  const store = openStore(url, counted)
  let writing = 0
  for (let from = 0; from < events; from += BATCH) {
    const batch = workload(Math.min(BATCH, events - from), from)
    const begun = performance.now()
    const { rejected, retry } = await store.write(batch)
    writing += performance.now() - begun
    if (retry !== undefined) throw retry
    if (rejected[0] !== undefined) throw rejected[0].error
  }
  await store.close()
  return (points * 1000) / writing
}

interface Times {
  p50: number
  p99: number
}

/** Milliseconds to the events of an order, and to the bucket of an order number that somebody typed. */
export async function influxLookups(url: string, orders: readonly string[]): Promise<{ events: Times; index: Times }> {
  const store = openStore(url, memoryPointNumbers())
  const events = await timed(orders, async (order) => {
    if ((await store.eventsOfOrder(order)).length === 0) throw new Error(`${order} is not there`)
  })
  const index = await timed(orders.slice(0, 20), async (order) => {
    const q = `SELECT "order", "bucket" FROM order_index WHERE "order" = '${orderNumber(order)}'`
    const answer = await fetch(`${url}/query?${new URLSearchParams({ db: DATABASE, q })}`)
    if (!(await answer.text()).includes(orderNumber(order))) throw new Error(`${order} is not in the index`)
  })
  await store.close()
  return { events, index }
}

async function timed(orders: readonly string[], look: (order: string) => Promise<void>): Promise<Times> {
  const times: number[] = []
  for (const order of orders) {
    const begun = performance.now()
    await look(order)
    times.push(performance.now() - begun)
  }
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

/** Points a second of the database alone: the bodies our store would post, posted by a loop into an empty database. */
export async function influxWriteAlone(url: string, events: number): Promise<number> {
  const bodies = await recordPosts(events)
  const lines = bodies.reduce((sum, body) => sum + body.split('\n').length, 0)
  await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q: 'CREATE DATABASE floor' }) })
  const begun = performance.now()
  for (const body of bodies) {
    const { status } = await fetch(`${url}/write?db=floor&precision=ns`, { method: 'POST', body })
    if (status !== 204) throw new Error(`influxd answers ${status}`)
  }
  return (lines * 1000) / (performance.now() - begun)
}

/** A server that answers like InfluxDB 1.6 and keeps what it is sent. */
async function recordPosts(events: number): Promise<string[]> {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const isWrite = request.url?.startsWith('/write') === true
      if (isWrite) bodies.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString())
      const query = request.url?.startsWith('/query') === true
      response.writeHead(query ? 200 : 204, { 'X-Influxdb-Version': '1.6.7', 'Content-Type': 'application/json' })
      response.end(query ? '{"results":[{}]}' : undefined)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const store = openStore(`http://127.0.0.1:${port}`, memoryPointNumbers())
  for (let from = 0; from < events; from += BATCH) await store.write(workload(Math.min(BATCH, events - from), from))
  await store.close()
  server.closeAllConnections()
  server.close()
  return bodies.filter((body) => body !== '')
}
