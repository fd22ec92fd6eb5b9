import { systemClock } from '@waytrace/standard/process'
import {
  alarmEvent,
  exampleOrder,
  exampleTime,
  type Influxd,
  objectEvent,
  readingEvent,
  startInfluxd,
  tempDir,
} from '@waytrace/standard/testing'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { accept, storeContract } from '../contract/store-contract.ts'
import type { AcceptedEvent } from '../ports.ts'
import { type InfluxInput, influxConfig } from './influx/config.ts'
import { lmdbPointNumbers, memoryPointNumbers, type PointNumbers } from './influx/point-numbers.ts'
import { orderBucket } from './influx/schema.ts'
import { influxStore } from './influx.ts'

let server: Influxd
let databases = 0
beforeAll(async () => {
  server = await startInfluxd()
})
afterAll(() => server.kill())

function openStore(extra: Partial<InfluxInput> = {}, numbers: PointNumbers = memoryPointNumbers()) {
  const database = extra.database ?? `test${++databases}`
  const config = influxConfig.parse({ url: server.url, ...extra, database })
  const store = influxStore(config, { numbers, clock: systemClock() })
  onTestFinished(() => store.close())
  return { store, database }
}

describe('a real influxd 1.6', () => {
  let state = ''
  let database = ''
  storeContract('influx', {
    listsEvents: false,
    async open(again) {
      if (again !== true) {
        state = tempDir('point-numbers')
        database = `contract${++databases}`
      }
      const config = influxConfig.parse({ url: server.url, database })
      return influxStore(config, { numbers: lmdbPointNumbers(state), clock: systemClock() })
    },
  })

  test('finds the bucket of a typed order number in order_index, once per order', async () => {
    const { store, database } = openStore()
    await store.write([scan(1, 'A'), scan(2, 'B'), scan(3, 'A')])
    await store.write([scan(3, 'A'), scan(4, 'A')])
    const found = await server.query(`SELECT "order", "bucket" FROM order_index WHERE "order" = 'ORD-A'`, database)
    expect(values(found)).toEqual([[expect.anything(), 'ORD-A', orderBucket('ORD-A')]])
    const events = await server.query(
      `SELECT "position" FROM order_event WHERE order_bucket = '${orderBucket('ORD-A')}' AND "order" = 'ORD-A'`,
      database,
    )
    expect(values(events).map((row) => row[1])).toEqual([1, 3, 4])
  })

  test('order points have one tag, whatever devices and sites there are', async () => {
    const { store, database } = openStore()
    await store.write([scan(1, 'A'), accept(2, departure(12, 5))])
    expect(values(await server.query('SHOW TAG KEYS FROM order_event', database))).toEqual([['order_bucket']])
    expect(values(await server.query('SHOW TAG KEYS FROM reading', database))).toEqual([])
  })

  test('a batch repeated after a crash between post and commit, cut differently, writes the same points', async () => {
    const state = tempDir('point-numbers')
    const batch = [
      accept(1, departure(100, 3)),
      scan(2, 1),
      temperature(3, 3),
      accept(4, departure(100, 3)),
      scan(5, 'new'),
    ]
    const before = lmdbPointNumbers(state)
    const { store, database } = openStore({}, before)
    await store.write(batch.slice(0, 4))
    await before.close()
    const again = openStore({ database }, lmdbPointNumbers(state)).store
    await again.write(batch.slice(0, 2))
    await again.write(batch.slice(1, 5))
    expect(await again.count()).toBe(5)
    const [[, points] = []] = values(await server.query('SELECT COUNT("position") FROM order_event', database))
    expect(points).toBe(202)
    expect((await again.eventsOfOrder('ORD-1')).map(({ position }) => position)).toEqual([2, 1, 4])
    const [[, indexed] = []] = values(await server.query('SELECT COUNT("order") FROM order_index', database))
    expect(indexed).toBe(101)
  })

  test('the points of one millisecond are all kept, thousands in one bucket series', async () => {
    const { store, database } = openStore()
    const batch = Array.from({ length: 30 }, (_, i) => accept(i + 1, departure(1000, 9)))
    await store.write(batch)
    const [[, points] = []] = values(await server.query('SELECT COUNT("position") FROM order_event', database))
    expect(points).toBe(30_000)
  })

  test('a point the database refuses for ever comes back as rejected, and its neighbours are stored', async () => {
    const { store, database } = openStore()
    // The first write of a shard fixes the type of a field.
    await server.query(`CREATE DATABASE ${database}`)
    const poison = `reading,channel=odd,device=https://id.gs1.org/8004/9521321probe1,site=wh1,type=Temperature value="text" ${Date.parse(exampleTime(1))}000000`
    expect((await fetch(`${server.url}/write?db=${database}`, { method: 'POST', body: poison })).status).toBe(204)
    const batch = [temperature(1, 2), scan(2, 'A'), temperature(3, 4), scan(4, 'A')]
    const result = await store.write(batch)
    expect(result.rejected.map(({ index, error }) => [index, error.code])).toEqual([
      [0, 'POINT_REJECTED'],
      [2, 'POINT_REJECTED'],
    ])
    expect(result.rejected[0]?.error.message).toMatch(/field type conflict/)
    expect(result.accepted).toBe(2)
    expect(await store.eventsOfOrder('ORD-A')).toHaveLength(2)
  })

  test('points older than the retention are rejected with the reason', async () => {
    const { store } = openStore({ retention: '1h' })
    const result = await store.write([
      accept(1, objectEvent({ time: '2020-01-01T00:00:00Z', orderid: exampleOrder(1) })),
    ])
    expect(result.rejected[0]?.error.message).toMatch(/retention/)
  })

  test('a missing database that may not be made is a refusal, and the batch is kept', async () => {
    const { store } = openStore({ createDatabase: false })
    const result = await store.write([scan(1, 'A')])
    expect(result).toMatchObject({ accepted: 0, rejected: [], retry: { code: 'STORE_REFUSED', disposition: 'retry' } })
    expect(await store.count()).toBe(0)
  })

  test('a server that is down is a retry, and takes the same batch when it is back', async () => {
    const { store } = openStore()
    const batch = [scan(1, 'A'), temperature(2, 2)]
    await store.write(batch)
    await server.kill()
    expect(await store.write([scan(3, 'A')])).toMatchObject({ accepted: 0, retry: { code: 'STORE_UNAVAILABLE' } })
    await expect(store.count()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await server.start()
    expect(await store.write([scan(3, 'A')])).toEqual({ accepted: 1, rejected: [] })
    expect(await store.count()).toBe(3)
  })

  test('alarms, incidents and the state of agents are series of their own', async () => {
    const { store, database } = openStore()
    const health = accept(2, {
      ...alarmEvent(),
      type: 'waytrace.health.v1',
      data: { state: 'ok', spoolDepth: 7, cpuPercent: 12.5 },
    })
    expect(await store.write([accept(1, alarmEvent()), health])).toMatchObject({ accepted: 2 })
    expect(values(await server.query('SELECT message FROM alarm', database))).toHaveLength(1)
    expect(values(await server.query('SELECT spool_depth, cpu_percent FROM pipeline', database))[0]?.slice(1)).toEqual([
      7, 12.5,
    ])
  })
})

function scan(position: number, order: number | string): AcceptedEvent {
  return accept(position, objectEvent({ time: exampleTime(position), orderid: exampleOrder(order) }))
}

function temperature(position: number, seconds: number): AcceptedEvent {
  const event = readingEvent({ time: exampleTime(seconds) })
  const report = event.data.sensorElementList?.[0]?.sensorReport[0]
  if (report !== undefined) report['wt:channel'] = 'odd'
  return accept(position, event)
}

function departure(orders: number, seconds: number) {
  return objectEvent({
    time: exampleTime(seconds),
    orderid: exampleOrder(0),
    data: {
      bizTransactionList: Array.from({ length: orders }, (_, i) => ({ type: 'po', bizTransaction: exampleOrder(i) })),
    },
  })
}

function values(answer: unknown): unknown[][] {
  const { results } = answer as { results?: { series?: { values: unknown[][] }[] }[] }
  return results?.[0]?.series?.flatMap((series) => series.values) ?? []
}
