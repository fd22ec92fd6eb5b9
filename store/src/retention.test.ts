import { exampleOrder, exampleTime, fakeClock, objectEvent, readingEvent, tempDir } from '@waytrace/standard/testing'
import { expect, onTestFinished, test } from 'vitest'
import { embeddedStore } from './adapters/embedded.ts'
import { accept } from './contract/store-contract.ts'
import { openKnowledge } from './knowledge.ts'
import type { AcceptedEvent } from './ports.ts'
import { type RetentionPolicy, retention } from './retention.ts'

const HOUR = 3_600_000
const now = Date.parse(exampleTime(0)) + 100 * HOUR

/** One event each hour, received when it happened: every second one is a reading. */
function history(): AcceptedEvent[] {
  return Array.from({ length: 100 }, (_, i) => {
    const time = exampleTime(i * 3600)
    const event = i % 2 ? objectEvent({ time, orderid: exampleOrder(i % 10) }) : readingEvent({ time })
    return { ...accept(i + 1, event), receivedAt: Date.parse(time) }
  })
}

async function after(policy: RetentionPolicy) {
  const path = tempDir('retention')
  const store = embeddedStore(path)
  // One block each: a block goes when all of it is old.
  for (const accepted of history()) await store.write([{ ...accepted, bytes: padded(accepted) }])
  const aged = retention(path, policy, fakeClock(now))
  onTestFinished(async () => {
    await store.close()
    await aged.close()
  })
  let steps = 0
  while (await aged.step()) expect(++steps).toBeLessThan(100)
  return store
}

function padded({ position: _, ...record }: AcceptedEvent): Uint8Array {
  return Buffer.from(JSON.stringify({ ...record, padding: 'x'.repeat(16_000) }))
}

const all = { device: readingEvent().deviceid ?? '', from: 0, to: now }

test('without a policy nothing is deleted', async () => {
  const store = await after({})
  expect(await store.count()).toBe(100)
})

test('old readings go, and the events of orders stay', async () => {
  const store = await after({ readingsMs: 50 * HOUR })
  expect((await store.readings(all)).every(({ at }) => at >= now - 51 * HOUR)).toBe(true)
  expect((await store.readings(all)).length).toBeGreaterThanOrEqual(25)
  expect(await store.eventsOfOrder('ORD-1')).toHaveLength(10)
  expect(await store.count()).toBe(75)
})

test('old events go with their index, and what is younger stays', async () => {
  const store = await after({ eventsMs: 50 * HOUR })
  expect(await store.count()).toBe(50)
  expect((await store.eventsOfOrder('ORD-1')).map(({ position }) => position)).toEqual([52, 62, 72, 82, 92])
  const page = await store.events({ limit: 10 })
  expect(page.items[0]?.position).toBe(51)
  expect((await store.events({ device: all.device, limit: 100 })).items).toHaveLength(50)
})

test('old dead letters go', async () => {
  const path = tempDir('retention')
  const known = await openKnowledge(path)
  const aged = retention(path, { deadLettersMs: 10 * HOUR }, fakeClock(now))
  onTestFinished(async () => {
    await known.close()
    await aged.close()
  })
  for (let i = 0; i < 250; i++)
    await known.deadLetters.add({
      id: `letter-${i}`,
      receivedAt: now - i * HOUR,
      topic: 'wt/v1/wh1/edge1/scanner/s1/evt/scan',
      origin: 'wh1/edge1',
      code: 'EVENT_INVALID',
      message: 'no time',
      issues: [],
      payload: Buffer.from('{}'),
    })
  while (await aged.step());
  expect(known.deadLetters.count()).toBe(11)
  expect(known.deadLetters.list({ limit: 100 }).items.map(({ id }) => id)).toEqual(
    Array.from({ length: 11 }, (_, i) => `letter-${i}`),
  )
})
