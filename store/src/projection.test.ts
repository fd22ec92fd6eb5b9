import {
  aggregationEvent,
  alarmEvent,
  EXAMPLE,
  exampleOrder,
  exampleSscc,
  exampleTime,
  objectEvent,
  readingEvent,
  tempDir,
} from '@waytrace/standard/testing'
import { expect, onTestFinished, test } from 'vitest'
import { accept } from './contract/store-contract.ts'
import { openKnowledge } from './knowledge.ts'
import type { AcceptedEvent, Knowledge } from './ports.ts'

const TRUCK = 'https://id.gs1.org/8003/09521321000018TRK7'
const OTHER = 'https://id.gs1.org/8003/09521321000018TRK8'
const PROBE = 'urn:epc:id:giai:9521321.PROBE7'

async function knowledge(path = tempDir('projection')): Promise<Knowledge> {
  const opened = await openKnowledge(path)
  onTestFinished(() => opened.close())
  return opened
}

function numbered(...events: AcceptedEvent['event'][]): AcceptedEvent[] {
  return events.map((event, i) => accept(i + 1, event))
}

function loading(n: number, seconds: number, vehicle = TRUCK) {
  return aggregationEvent({
    time: exampleTime(seconds),
    orderid: exampleOrder(n),
    data: { bizStep: 'loading', parentID: vehicle, childEPCs: [exampleSscc(n)] },
  })
}

function vehicleAt(bizStep: string, seconds: number) {
  return objectEvent({ time: exampleTime(seconds), data: { bizStep, epcList: [TRUCK] } })
}

function health(seconds: number, data: Record<string, unknown>, attributes: Record<string, unknown> = {}) {
  const { deviceid: _, ...envelope } = objectEvent({ time: exampleTime(seconds) })
  return {
    ...envelope,
    ...attributes,
    type: 'waytrace.health.v1' as const,
    data: { state: 'ok' as const, ...data },
  }
}

test('a hundred orders leave with one departure that names none of them', async () => {
  const known = await knowledge()
  const loads = Array.from({ length: 100 }, (_, n) => loading(n, n))
  await known.projection.apply(numbered(...loads, loading(500, 3, OTHER), vehicleAt('departing', 200)))
  expect(known.orders.funnel()).toMatchObject({ departed: 100, loaded: 1 })
})

test('a departure that becomes known after the reports from the road puts its orders in transit since then', async () => {
  const known = await knowledge()
  const report = (seconds: number) =>
    readingEvent({ time: exampleTime(seconds), deviceid: PROBE, data: { bizStep: 'transporting', epcList: [TRUCK] } })
  await known.projection.apply(
    numbered(loading(1, 1), report(5), report(500), report(900), vehicleAt('departing', 400)),
  )
  const inTransit = known.orders.order('ORD-1')?.nodes.find(({ node }) => node === 'in_transit')
  expect(inTransit?.at).toBe(exampleTime(500))
})

test('applying a batch again, or one that overlaps, changes nothing', async () => {
  const known = await knowledge()
  const batch = numbered(loading(1, 1), vehicleAt('departing', 10), vehicleAt('arriving', 20), loading(2, 30))
  await known.projection.apply(batch.slice(0, 3))
  const before = [known.orders.order('ORD-1'), known.orders.funnel(), known.custody.intervalsOf(exampleSscc(1))]
  await known.projection.apply(batch.slice(0, 3))
  expect([known.orders.order('ORD-1'), known.orders.funnel(), known.custody.intervalsOf(exampleSscc(1))]).toEqual(
    before,
  )
  await known.projection.apply(batch)
  expect(known.projection.appliedTo).toBe(4)
  expect(known.orders.count()).toBe(2)
})

test('a rebuild from the log gives what was there, and identities stay', async () => {
  const known = await knowledge()
  const batch = numbered(
    ...Array.from({ length: 20 }, (_, n) => loading(n, n)),
    vehicleAt('departing', 100),
    readingEvent({ time: exampleTime(150), deviceid: PROBE, data: { bizStep: 'transporting', epcList: [TRUCK] } }),
    vehicleAt('arriving', 300),
  )
  await known.projection.apply(batch)
  await known.identities.enrol({ site: 'wh1', agent: 'a', kind: 'agent', sourceUrn: 'urn:test:a', devices: {} })
  const before = [known.orders.list({ limit: 50 }), known.devices.list({ limit: 50 }), known.custody.intervalsOf(TRUCK)]
  await known.rebuild()
  expect(known.orders.count()).toBe(0)
  expect(known.projection.appliedTo).toBe(0)
  for (const accepted of batch) await known.projection.apply([accepted])
  expect([
    known.orders.list({ limit: 50 }),
    known.devices.list({ limit: 50 }),
    known.custody.intervalsOf(TRUCK),
  ]).toEqual(before)
  expect(known.identities.list()).toHaveLength(1)
})

test('two openings of one folder in one process see each other', async () => {
  const path = tempDir('shared')
  const [writer, reader] = [await knowledge(path), await knowledge(path)]
  await writer.projection.apply(numbered(loading(1, 1)))
  expect(reader.orders.order('ORD-1')?.node).toBe('loaded')
  await writer.close()
  expect(reader.orders.count()).toBe(1)
})

test('orders are listed with the newest change first, by node and by the begin of their number', async () => {
  const known = await knowledge()
  const scans = [3, 1, 2].map((n) =>
    objectEvent({ time: exampleTime(n), orderid: exampleOrder(`x${n}`), data: { epcList: [exampleSscc(n)] } }),
  )
  await known.projection.apply(numbered(...scans, loading(7, 9)))
  const numbers = (page: { items: { order: string }[] }) => page.items.map(({ order }) => order)
  expect(numbers(known.orders.list({ limit: 9 }))).toEqual(['ORD-7', 'ORD-x2', 'ORD-x1', 'ORD-x3'])
  const first = known.orders.list({ limit: 2 })
  expect(numbers(known.orders.list({ limit: 2, after: first.next }))).toEqual(['ORD-x1', 'ORD-x3'])
  expect(numbers(known.orders.list({ limit: 9, node: 'loaded' }))).toEqual(['ORD-7'])
  await known.projection.apply([
    accept(5, objectEvent({ time: exampleTime(1), orderid: exampleOrder('x1'), data: { bizStep: 'packing' } })),
  ])
  expect(numbers(known.orders.list({ limit: 9 }))).toEqual(['ORD-x1', 'ORD-7', 'ORD-x2', 'ORD-x3'])
  expect(numbers(known.orders.list({ limit: 9, node: 'picked' }))).toEqual(['ORD-x2', 'ORD-x3'])
  const byNumber = known.orders.list({ limit: 2, prefix: 'ORD-x' })
  expect(numbers(byNumber)).toEqual(['ORD-x1', 'ORD-x2'])
  expect(numbers(known.orders.list({ limit: 2, prefix: 'ORD-x', after: byNumber.next }))).toEqual(['ORD-x3'])
})

test('one package in two vehicles is a finding, until a late unloading explains it', async () => {
  const known = await knowledge()
  await known.projection.apply(numbered(loading(1, 10), loading(1, 90, OTHER)))
  expect(known.custody.findings({ limit: 5 }).items).toMatchObject([
    { kind: 'two-vehicles', member: exampleSscc(1), groups: [TRUCK, OTHER], positions: [1, 2] },
  ])
  const late = aggregationEvent({
    time: exampleTime(50),
    data: { bizStep: 'unloading', action: 'DELETE', parentID: TRUCK, childEPCs: [exampleSscc(1)] },
  })
  await known.projection.apply([accept(3, late)])
  expect(known.custody.findings({ limit: 5 }).items).toEqual([])
})

test('an undone loading is as if it had not been', async () => {
  const known = await knowledge()
  const loaded = loading(1, 10)
  const undone = {
    ...loaded,
    data: { ...loaded.data, errorDeclaration: { declarationTime: exampleTime(20), reason: 'did_not_occur' } },
  }
  await known.projection.apply(numbered(loaded, undone, vehicleAt('departing', 100)))
  const order = known.orders.order('ORD-1')
  expect(order?.nodes.filter(({ at }) => at !== undefined)).toEqual([])
  expect(order?.notes).toMatchObject([{ kind: 'corrected', text: 'did_not_occur' }])
  expect(known.custody.intervalsOf(exampleSscc(1)).filter(({ kind }) => kind === 'vehicle')).toEqual([])
})

test('emptying a vehicle without saying of what unloads everything', async () => {
  const known = await knowledge()
  const { childEPCs: _, ...empty } = loading(1, 60).data
  const emptied = {
    ...loading(1, 60),
    data: { ...empty, action: 'DELETE' as const, bizStep: 'unloading', bizTransactionList: [] },
  }
  const { orderid: __, ...event } = emptied
  await known.projection.apply(numbered(loading(1, 1), loading(2, 2), event))
  expect(known.orders.funnel()).toMatchObject({ unloaded: 2 })
  expect(known.custody.ordersOfGroup(TRUCK, Date.parse(exampleTime(61)))).toEqual([])
})

test('a birth names devices and their places; a lost agent makes them unknown; an old will says nothing', async () => {
  const known = await knowledge()
  const devices = [{ slug: 'probe7', kind: 'sensor', urn: PROBE, place: TRUCK }]
  await known.projection.apply(
    numbered(
      health(10, { presence: 'ready', bootid: 'b2', devices }),
      readingEvent({ time: exampleTime(20), deviceid: PROBE, value: 3.5, data: { readPoint: { id: TRUCK } } }),
      health(30, { presence: 'lost', bootid: 'b1' }),
    ),
  )
  expect(known.devices.device(PROBE)).toMatchObject({ kind: 'sensor', slug: 'probe7', place: TRUCK, state: 'ready' })
  expect(known.devices.device(PROBE)?.values).toMatchObject([{ type: 'Temperature', value: 3.5, unit: 'CEL' }])
  expect(known.devices.device(EXAMPLE.source)).toMatchObject({ kind: 'agent', slug: 'self', state: 'ready' })
  await known.projection.apply([accept(4, health(40, { presence: 'lost', bootid: 'b2' }))])
  expect(known.devices.device(PROBE)?.state).toBe('unknown')
  expect(known.devices.device(EXAMPLE.source)?.state).toBe('lost')
  expect(known.custody.groupsOfOrder('ORD-none', 1)).toEqual([])
  expect(known.custody.intervalsOf(PROBE)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ group: TRUCK, kind: 'vehicle' }),
      expect.objectContaining({ group: EXAMPLE.source, kind: 'gateway' }),
    ]),
  )
})

test('backfilled readings do not overwrite what is newer', async () => {
  const known = await knowledge()
  const at = (seconds: number, value: number) => readingEvent({ time: exampleTime(seconds), deviceid: PROBE, value })
  await known.projection.apply(numbered(at(100, 9), { ...at(50, 2), backfill: true }))
  expect(known.devices.device(PROBE)).toMatchObject({ lastEventAt: exampleTime(100), values: [{ value: 9 }] })
})

test('events that say nonsense stop nothing', async () => {
  const known = await knowledge()
  const odd = objectEvent({
    time: '2026-02-31T25:61:60Z',
    orderid: exampleOrder('\u0000\n'.repeat(700)),
    data: {
      epcList: ['x'.repeat(5000), TRUCK, TRUCK],
      readPoint: { id: TRUCK },
      'wt:limits': 'warm',
      'wt:exception': 7,
    },
  })
  const loop = aggregationEvent({
    time: exampleTime(2),
    data: { parentID: exampleSscc(1), childEPCs: [exampleSscc(1)] },
  })
  const ring = aggregationEvent({
    time: exampleTime(3),
    data: { parentID: exampleSscc(2), childEPCs: [exampleSscc(1)] },
  })
  const back = aggregationEvent({
    time: exampleTime(4),
    data: { parentID: exampleSscc(1), childEPCs: [exampleSscc(2)] },
  })
  const scan = objectEvent({ time: exampleTime(5), data: { bizStep: 'staging_outbound', epcList: [exampleSscc(1)] } })
  await known.projection.apply(
    numbered(odd, loop, ring, back, scan, loading(1, 6), alarmEvent(), health(7, { devices: [null, 3, {}] })),
  )
  expect(known.projection.faults(5)).toEqual([])
  expect(known.orders.order('ORD-1')?.node).toBe('loaded')
  expect(known.custody.groupsOfOrder('ORD-1', Date.parse(exampleTime(7)))).toContain(TRUCK)
})
