import {
  aggregationEvent,
  exampleOrder,
  exampleSscc,
  exampleTime,
  fakeClock,
  type Influxd,
  objectEvent,
  readingEvent,
  startInfluxd,
  tempDir,
} from '@waytrace/standard/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { accept } from '../../contract/store-contract.ts'
import { openKnowledge } from '../../knowledge.ts'
import type { AcceptedEvent } from '../../ports.ts'
import { embeddedStore } from '../embedded.ts'
import { influxConfig } from './config.ts'
import { exposureState } from './exposure-state.ts'
import { exposureWriter } from './exposures.ts'

const TRUCK = 'https://id.gs1.org/8003/09521321000018TRK7'
const PROBE = 'urn:epc:id:giai:9521321.PROBE7'
let server: Influxd
let databases = 0
beforeAll(async () => {
  server = await startInfluxd()
})
afterAll(() => server.kill())

async function setUp() {
  const path = tempDir('exposures')
  const knowledge = await openKnowledge(path)
  const events = embeddedStore(path)
  const clock = fakeClock(Date.parse(exampleTime(600)))
  const database = `exposure${++databases}`
  const config = influxConfig.parse({ url: server.url, database })
  const statePath = tempDir('exposure-state')
  const open = () =>
    exposureWriter(config, { custody: knowledge.custody, events, clock, state: exposureState(statePath) })
  let writer = open()
  onTestFinished(async () => {
    await writer.close()
    await events.close()
    await knowledge.close()
  })
  return {
    clock,
    get writer() {
      return writer
    },
    async restart() {
      await writer.close()
      writer = open()
    },
    async log(...batch: AcceptedEvent[]) {
      await events.write(batch)
      await knowledge.projection.apply(batch)
      await writer.apply(batch)
    },
    async rows(columns: string) {
      const answer = (await server.query(`SELECT ${columns} FROM order_exposure`, database)) as {
        results?: { series?: { values: unknown[][] }[] }[]
      }
      return answer.results?.[0]?.series?.[0]?.values.map((row) => row.slice(1)) ?? []
    },
  }
}

/** `orders` packages on one truck since second 0. */
function loaded(orders: number): AcceptedEvent[] {
  return Array.from({ length: orders }, (_, n) => [
    objectEvent({
      time: exampleTime(0),
      orderid: exampleOrder(n),
      data: { bizStep: 'picking', epcList: [exampleSscc(n)] },
    }),
    aggregationEvent({
      time: exampleTime(1),
      orderid: exampleOrder(n),
      data: { bizStep: 'loading', parentID: TRUCK, childEPCs: [exampleSscc(n)] },
    }),
  ])
    .flat()
    .map((event, i) => accept(i + 1, event))
}

function reading(position: number, seconds: number, value: number): AcceptedEvent {
  return accept(
    position,
    readingEvent({ time: exampleTime(seconds), deviceid: PROBE, value, data: { readPoint: { id: TRUCK } } }),
  )
}

test('writes minimum, mean and maximum of five minutes for every order on the truck', async () => {
  const site = await setUp()
  await site.log(...loaded(2), reading(10, 10, 4), reading(11, 100, 5), reading(12, 299, 9), reading(13, 301, 50))
  expect(await site.writer.flush()).toMatchObject({ accepted: 1, rejected: [] })
  expect(await site.rows('"order", device, through, "min", "mean", "max", n')).toEqual([
    ['ORD-0', PROBE, TRUCK, 4, 6, 9, 3],
    ['ORD-1', PROBE, TRUCK, 4, 6, 9, 3],
  ])
  site.clock.jumpTo(Date.parse(exampleTime(1000)))
  expect(await site.writer.flush()).toMatchObject({ accepted: 1 })
  expect(await site.writer.flush()).toMatchObject({ accepted: 0 })
  expect(await site.rows('"max"')).toEqual([[9], [9], [50], [50]])
})

test('a window is not written before it is over', async () => {
  const site = await setUp()
  site.clock.jumpTo(Date.parse(exampleTime(320)))
  await site.log(...loaded(1), reading(10, 10, 4))
  expect(await site.writer.flush()).toMatchObject({ accepted: 0 })
})

test('late readings and late custody write the same points anew, over a restart, too', async () => {
  const site = await setUp()
  await site.log(...loaded(1), reading(10, 10, 4))
  await site.writer.flush()
  await site.restart()
  const late = objectEvent({
    time: exampleTime(0),
    orderid: exampleOrder('L'),
    data: { bizStep: 'picking', epcList: [exampleSscc(500)] },
  })
  const lateLoad = aggregationEvent({
    time: exampleTime(2),
    data: { bizStep: 'loading', parentID: TRUCK, childEPCs: [exampleSscc(500)] },
  })
  await site.log(accept(11, late), accept(12, lateLoad), reading(13, 20, 8))
  await site.writer.flush()
  expect(await site.rows('"order", "mean", n')).toEqual([
    ['ORD-0', 6, 2],
    ['ORD-L', 6, 2],
  ])
})

test('a thousand orders on one truck have a point each, though all are of one minute', async () => {
  const site = await setUp()
  await site.log(...loaded(1000), reading(5000, 10, 4))
  await site.writer.flush()
  expect(new Set((await site.rows('"order"')).map(([order]) => order)).size).toBe(1000)
})

test('a server that is down leaves the windows to be written later', async () => {
  const site = await setUp()
  await site.log(...loaded(1), reading(10, 10, 4))
  await server.kill()
  expect(await site.writer.flush()).toMatchObject({ accepted: 0, retry: { code: 'STORE_UNAVAILABLE' } })
  await server.start()
  expect(await site.writer.flush()).toMatchObject({ accepted: 1 })
  expect(await site.rows('"mean"')).toEqual([[4]])
})
