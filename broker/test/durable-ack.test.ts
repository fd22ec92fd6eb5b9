import { eventually } from '@waytrace/standard/testing'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { type Broker, type BrokerOptions, createBroker } from '../src/index.ts'
import { ports } from './doubles.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const TOPIC = 'wt/v1/wh1/edge1/scanner/s1/evt/scan'

async function started(options: BrokerOptions = {}) {
  const doubles = ports()
  const broker = createBroker({ port: 0, centrePassword: 'centre-secret', ...options }, doubles)
  await broker.start()
  stops.push(() => broker.stop())
  return { ...doubles, broker }
}

async function client(broker: Broker, options: IClientOptions = {}): Promise<MqttClient> {
  const made = await connectAsync(`mqtt://127.0.0.1:${broker.address.port}`, {
    username: 'wh1/edge1',
    password: 'secret-word',
    protocolVersion: 4,
    reconnectPeriod: 0,
    ...options,
  })
  made.on('error', () => {})
  stops.push(() => made.endAsync(true))
  return made
}

test('a publish is acknowledged after its flush and not before', async () => {
  const { broker, journal } = await started()
  const agent = await client(broker)
  journal.hold()
  let acknowledged = false
  const published = agent.publishAsync(TOPIC, 'payload', { qos: 1 }).then(() => {
    acknowledged = true
  })
  await eventually(() => journal.waiting === 1)
  // A round trip to the broker on another connection: whatever it would have sent by now has arrived.
  const other = await client(broker, { username: 'wh1/edge2' })
  await other.subscribeAsync('wt/v1/wh1/edge2/agent/self/ack')
  expect(acknowledged).toBe(false)
  journal.flush()
  await published
  const [record] = journal.messages()
  expect(record?.topic).toBe(TOPIC)
  expect(record?.origin).toEqual({ kind: 'mqtt', name: 'wh1/edge1' })
  expect(Buffer.from(record?.payload ?? []).toString()).toBe('payload')
})

test('publishes that arrive together wait for one flush together, in order', async () => {
  const { broker, journal } = await started()
  const agent = await client(broker)
  journal.hold()
  const published = Promise.all(Array.from({ length: 200 }, (_, i) => agent.publishAsync(TOPIC, `${i}`, { qos: 1 })))
  let flushes = 0
  while (journal.messages().length < 200) {
    await eventually(() => journal.waiting > 0)
    flushes++
    journal.flush()
    journal.hold()
  }
  journal.flush()
  await published
  expect(journal.messages().map(({ payload }) => Number(Buffer.from(payload).toString()))).toEqual(
    Array.from({ length: 200 }, (_, i) => i),
  )
  expect(flushes).toBeLessThan(20)
})

test('a message the journal refuses is not acknowledged, and is taken when it comes again', async () => {
  const { broker, journal } = await started()
  const agent = await client(broker)
  journal.hold()
  const published = agent.publishAsync(TOPIC, 'once', { qos: 1 }).then(
    () => 'acknowledged',
    () => 'not acknowledged',
  )
  await eventually(() => journal.waiting === 1)
  journal.fail(new Error('disk'))
  await eventually(() => !agent.connected)
  await agent.endAsync(true)
  expect(await published).toBe('not acknowledged')
  const again = await client(broker)
  await again.publishAsync(TOPIC, 'twice', { qos: 1 })
  expect(journal.messages().length).toBe(2)
})

test('journalled events reach subscribers, and a subscriber of the centre sees every site', async () => {
  const { broker } = await started()
  const agent = await client(broker)
  const centre = await client(broker, { username: '$centre', password: 'centre-secret' })
  const seen: string[] = []
  centre.on('message', (topic) => void seen.push(topic))
  await centre.subscribeAsync('wt/v1/#', { qos: 1 })
  await agent.publishAsync(TOPIC, 'payload', { qos: 1 })
  await eventually(() => seen.length === 1)
  expect(seen).toEqual([TOPIC])
})

test('the will of an agent that is cut off is journalled', async () => {
  const { broker, journal } = await started()
  const topic = 'wt/v1/wh1/edge1/agent/self/status'
  const agent = await client(broker, { will: { topic, payload: Buffer.from('lost'), qos: 1, retain: true } })
  await agent.subscribeAsync('wt/v1/wh1/edge1/agent/self/ack')
  agent.stream.destroy()
  await eventually(() => journal.messages().length === 1)
  expect(journal.messages()[0]?.topic).toBe(topic)
})

test('wills are not published when the broker itself stops', async () => {
  const { broker, journal } = await started()
  const topic = 'wt/v1/wh1/edge1/agent/self/status'
  await client(broker, { will: { topic, payload: Buffer.from('lost'), qos: 1, retain: true } })
  await broker.stop()
  expect(journal.messages()).toEqual([])
})

test('publishers wait while the journal is full, and pass on when it has room', async () => {
  const { broker, journal } = await started({ limits: { pendingBytes: 1000, inFlight: 10 } })
  const agent = await client(broker)
  journal.hold()
  const published = Promise.all(
    Array.from({ length: 100 }, () => agent.publishAsync(TOPIC, Buffer.alloc(200), { qos: 1 })),
  )
  await eventually(() => broker.stats().waiting > 90)
  expect(broker.stats().pendingBytes).toBeLessThanOrEqual(1000)
  expect(journal.waiting).toBeLessThan(6)
  journal.flush()
  await published
  expect(journal.messages().length).toBe(100)
})
