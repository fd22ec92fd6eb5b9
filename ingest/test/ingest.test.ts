import { afterEach, expect, test } from 'vitest'
import { BATCH_TOPIC, ENROLMENT, event, SCAN_TOPIC, SCANNER, sequence, settled, type World, world } from './harness.ts'

const worlds: World[] = []
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close()
})

async function running() {
  const made = world()
  worlds.push(made)
  const ingest = made.ingest()
  await ingest.start()
  return { ...made, ingest }
}

test('a scan becomes a numbered entry of the log, reaches the store and is marked', async () => {
  const { ingest, send, logged, store, marks } = await running()
  const scan = event(1)
  await send(SCAN_TOPIC, scan)
  await settled(ingest)
  expect(logged()).toMatchObject([{ position: 1, site: 'wh1', agent: 'edge1', event: scan }])
  expect(store.rows.size).toBe(1)
  expect(marks).toEqual([{ site: 'wh1', agent: 'edge1', spool: 'spool-a', sequence: sequence(1) }])
})

test('a batch of several devices is taken event by event', async () => {
  const { ingest, send, logged, marks } = await running()
  const reading = event(2, {
    deviceid: ENROLMENT.devices.tmp1?.urn,
    data: { action: 'OBSERVE', 'wt:deviceID': ENROLMENT.devices.tmp1?.urn, epcList: ['urn:x:1'] } as never,
  })
  await send(BATCH_TOPIC, [event(1), reading, event(3)])
  await settled(ingest)
  expect(logged().map(({ event }) => event.deviceid)).toEqual([SCANNER, ENROLMENT.devices.tmp1?.urn, SCANNER])
  expect(marks.at(-1)?.sequence).toBe(sequence(3))
})

test('the same event twice is one entry, in one batch and over a restart', async () => {
  const first = await running()
  await first.send(BATCH_TOPIC, [event(1), event(2)])
  await settled(first.ingest)
  const [one, two] = first.logged()
  await first.send(BATCH_TOPIC, [two?.event, event(3), one?.event])
  await settled(first.ingest)
  expect(first.ingest.stats()).toMatchObject({ accepted: 3, duplicates: 2 })
  await first.ingest.stop()
  const second = world(first.path)
  worlds.push(second)
  const ingest = second.ingest()
  await ingest.start()
  await second.send(SCAN_TOPIC, one?.event)
  await settled(ingest)
  expect(ingest.stats()).toMatchObject({ accepted: 0, duplicates: 1 })
  expect(second.logged().length).toBe(3)
})

test('poison is dead-lettered with its bytes and reason, passes the mark, and its neighbours go on', async () => {
  const { ingest, send, logged, deadLetters, marks } = await running()
  const urn = ENROLMENT.devices.tmp1?.urn
  const other = { deviceid: urn, data: { action: 'OBSERVE', 'wt:deviceID': urn, epcList: ['urn:x:1'] } as never }
  await send(SCAN_TOPIC, 'not json')
  await send(BATCH_TOPIC, [event(1), { ...event(2), data: { action: 'EAT' } }, event(3)])
  await send(SCAN_TOPIC, event(4, { source: 'urn:epc:id:giai:9521234.other' }))
  await send(SCAN_TOPIC, event(5, other))
  await send('wt/v1/wh1/edge1/scanner/unknown/evt/scan', event(6))
  await send('elsewhere', event(7))
  await send(SCAN_TOPIC, event(8))
  await settled(ingest)
  expect(logged().map(({ event }) => Number(event.sequence))).toEqual([1, 3, 8])
  expect(deadLetters.codes()).toEqual([
    'EVENT_INVALID',
    'EVENT_INVALID',
    'IDENTITY_MISMATCH',
    'IDENTITY_MISMATCH',
    'IDENTITY_MISMATCH',
    'TOPIC_FORBIDDEN',
  ])
  const [first, second] = deadLetters.letters.values()
  expect(Buffer.from(first?.payload ?? []).toString()).toBe('not json')
  expect(JSON.parse(Buffer.from(second?.payload ?? []).toString())).toMatchObject({ sequence: sequence(2) })
  expect(second?.issues.length).toBeGreaterThan(0)
  // 7 came on a topic that says nothing about its agent, so only it is missing.
  expect(marks.at(-1)?.sequence).toBe(sequence(6))
})

test('what waits in the journal is taken to its end, also when bytes bound each batch', async () => {
  const made = world()
  worlds.push(made)
  await Promise.all(Array.from({ length: 200 }, (_, i) => made.send(SCAN_TOPIC, event(i + 1))))
  const ingest = made.ingest({ batchBytes: 1024 })
  await ingest.start()
  await settled(ingest)
  expect(made.logged()).toHaveLength(200)
})
