import {
  aggregationEvent,
  EXAMPLE,
  exampleOrder,
  exampleSscc,
  exampleTime,
  objectEvent,
  readingEvent,
  tempDir,
} from '@waytrace/standard/testing'
import { expect, onTestFinished, test } from 'vitest'
import { embeddedStore } from './adapters/embedded.ts'
import { accept } from './contract/store-contract.ts'
import { openKnowledge } from './knowledge.ts'
import type { AcceptedEvent, Knowledge } from './ports.ts'
import { orderTimeline } from './timeline.ts'

const TRUCK = 'https://id.gs1.org/8003/09521321000018TRK7'
const ROOM = 'https://id.gs1.org/414/9521321000018/254/COLD01'
const DOCK = 'https://id.gs1.org/414/9521321000018/254/DOCK07'
const PROBE = 'urn:epc:id:giai:9521321.PROBE7'
const [order, sscc] = [exampleOrder('A'), exampleSscc(1)]
const ms = (seconds: number) => Date.parse(exampleTime(seconds))

async function knowledge(path = tempDir('knowledge')): Promise<Knowledge> {
  const opened = await openKnowledge(path)
  onTestFinished(() => opened.close())
  return opened
}

function numbered(...events: AcceptedEvent['event'][]): AcceptedEvent[] {
  return events.map((event, i) => accept(i + 1, event))
}

/** The day of one package: picked, packed, staged in the cold room, loaded, departed, measured, arrived, unloaded. */
const day = {
  picked: objectEvent({ time: exampleTime(0), orderid: order, data: { bizStep: 'picking', epcList: [sscc] } }),
  packed: aggregationEvent({
    time: exampleTime(60),
    orderid: order,
    data: { bizStep: 'packing', parentID: sscc, childEPCs: ['https://id.gs1.org/01/09521321000018/21/7'] },
  }),
  staged: objectEvent({
    time: exampleTime(120),
    data: { bizStep: 'staging_outbound', epcList: [sscc], readPoint: { id: ROOM } },
  }),
  loaded: aggregationEvent({
    time: exampleTime(600),
    data: { bizStep: 'loading', parentID: TRUCK, childEPCs: [sscc], readPoint: { id: DOCK } },
  }),
  departed: objectEvent({
    time: exampleTime(900),
    data: { bizStep: 'departing', epcList: [TRUCK], readPoint: { id: DOCK } },
  }),
  inTransit: readingEvent({
    time: exampleTime(1200),
    deviceid: PROBE,
    value: 5.5,
    data: { bizStep: 'transporting', epcList: [TRUCK], readPoint: { id: TRUCK } },
  }),
  arrived: objectEvent({
    time: exampleTime(1800),
    data: { bizStep: 'arriving', epcList: [TRUCK], readPoint: { id: `${DOCK}B` } },
  }),
  unloaded: aggregationEvent({
    time: exampleTime(2000),
    data: { bizStep: 'unloading', action: 'DELETE', parentID: TRUCK, childEPCs: [sscc], readPoint: { id: `${DOCK}B` } },
  }),
}
const reachedNodes = ['picked', 'packed', 'staged', 'loaded', 'departed', 'in_transit', 'arrived', 'unloaded']

function nodesOf({ orders }: Knowledge, wanted = 'ORD-A') {
  return orders
    .order(wanted)
    ?.nodes.filter(({ at }) => at !== undefined)
    .map(({ node }) => node)
}

test('an order whose package alone is scanned still goes through every node with its vehicle', async () => {
  const known = await knowledge()
  await known.projection.apply(numbered(...Object.values(day)))
  expect(nodesOf(known)).toEqual(reachedNodes)
  const view = known.orders.order(order)
  expect(view).toMatchObject({ node: 'unloaded', order: 'ORD-A', updatedAt: exampleTime(2000) })
  expect(view?.epcs).toContain(sscc)
  expect(view?.nodes.find(({ node }) => node === 'staged')).toMatchObject({
    device: EXAMPLE.deviceid,
    operator: EXAMPLE.operator,
    place: ROOM,
    at: exampleTime(120),
  })
  expect(known.orders.funnel()).toMatchObject({ unloaded: 1, placed: 0 })
  expect(known.projection.faults(10)).toEqual([])
})

test('the loading that arrives after the departure still takes the order along', async () => {
  const known = await knowledge()
  const { picked, packed, staged, loaded, departed, arrived, inTransit, unloaded } = day
  await known.projection.apply(numbered(picked, packed, staged, departed, arrived, unloaded, loaded, inTransit))
  expect(nodesOf(known)).toEqual(reachedNodes)
})

test('a package that was unloaded before does not leave with the vehicle again', async () => {
  const known = await knowledge()
  const second = objectEvent({ time: exampleTime(3000), data: { bizStep: 'departing', epcList: [TRUCK] } })
  await known.projection.apply(numbered(...Object.values(day), second))
  expect(known.orders.order('ORD-A')?.nodes.find(({ node }) => node === 'departed')).toMatchObject({
    at: exampleTime(900),
  })
  expect(known.orders.order('ORD-A')?.updatedAt).toBe(exampleTime(2000))
})

test('custody says who carried the order when, and which sensor watched it', async () => {
  const known = await knowledge()
  await known.projection.apply(numbered(...Object.values(day)))
  expect(known.custody.groupsOfOrder('ORD-A', ms(130))).toEqual(expect.arrayContaining([sscc, ROOM]))
  expect(known.custody.groupsOfOrder('ORD-A', ms(1300))).toEqual(expect.arrayContaining([sscc, TRUCK, PROBE]))
  expect(known.custody.groupsOfOrder('ORD-A', ms(2100))).not.toContain(TRUCK)
  expect(known.custody.ordersOfGroup(TRUCK, ms(1300))).toEqual([order])
  expect(known.custody.ordersOfGroup(PROBE, ms(1300))).toEqual([order])
  expect(known.custody.ordersOfGroup(TRUCK, ms(2100))).toEqual([])
  expect(known.custody.intervalsOf(sscc).filter(({ group }) => group === TRUCK)).toEqual([
    { member: sscc, group: TRUCK, kind: 'vehicle', from: ms(600), to: ms(2000), evidence: [4, 8] },
  ])
  expect(known.custody.sensorsOfOrder('ORD-A')).toEqual([
    { device: PROBE, through: TRUCK, from: ms(1200), to: ms(2000) },
  ])
})

test('the timeline joins the readings of the vehicle through custody', async () => {
  const path = tempDir('timeline')
  const known = await knowledge(path)
  const events = embeddedStore(path)
  onTestFinished(() => events.close())
  const later = readingEvent({
    time: exampleTime(2500),
    deviceid: PROBE,
    data: { epcList: [TRUCK], readPoint: { id: TRUCK } },
  })
  const batch = numbered(...Object.values(day), later)
  await events.write(batch)
  await known.projection.apply(batch)
  const timeline = await orderTimeline(known, events, 'ORD-A')
  expect(timeline).toMatchObject({ order: 'ORD-A', incidents: [], decisions: [] })
  expect(timeline?.nodes).toHaveLength(13)
  expect(timeline?.readings).toEqual([
    { at: exampleTime(1200), device: PROBE, type: 'Temperature', channel: '', value: 5.5, unit: 'CEL', through: TRUCK },
  ])
  expect(await orderTimeline(known, events, 'ORD-NONE')).toBeUndefined()
})
