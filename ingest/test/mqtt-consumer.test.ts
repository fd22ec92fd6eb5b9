import { eventually, faultProxy, freePort } from '@waytrace/standard/testing'
import { connectAsync } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { createDownlink, mqttSource } from '../src/index.ts'
import { event, quiet, SCAN_TOPIC, sequence, settled, type World, world } from './harness.ts'
import { startMosquitto } from './mosquitto.ts'
import { startSender } from './sender.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function external(port: number, made: World, linkPort = port) {
  const url = `mqtt://127.0.0.1:${linkPort}`
  const { journal, ports } = made
  const shared = { clock: ports.clock, logger: quiet }
  const source = mqttSource({ url, keepAliveSeconds: 2 }, { ...shared, journal })
  const downlink = createDownlink({ url, keepAliveSeconds: 2 }, shared)
  const ingest = made.ingest({}, { downlink })
  await ingest.start()
  source.start()
  downlink.start()
  stops.push(
    () => made.close(),
    () => source.stop(),
    () => downlink.stop(),
  )
  return { source, downlink, ingest }
}

async function publisher(port: number) {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 })
  stops.push(() => client.endAsync(true))
  return client
}

test('what an external broker holds reaches the log, and the mark comes back', async () => {
  const port = await freePort()
  const broker = await startMosquitto(port)
  stops.push(() => broker.kill())
  const made = world()
  const { source, ingest } = await external(port, made)
  await eventually(() => source.stats().up)
  const agent = await publisher(port)
  const marks: string[] = []
  agent.on('message', (_, payload) => void marks.push(JSON.parse(`${payload}`).sequence))
  await agent.subscribeAsync('wt/v1/wh1/edge1/agent/self/ack', { qos: 1 })
  for (let n = 1; n <= 20; n++) await agent.publishAsync(SCAN_TOPIC, JSON.stringify(event(n)), { qos: 1 })
  await eventually(() => marks.at(-1) === sequence(20))
  await settled(ingest)
  expect(made.logged().map(({ event }) => Number(event.sequence))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  expect(source.stats()).toMatchObject({ received: 20, acknowledged: 20 })
})

test('messages published while ingest is away wait in the session and are taken when it comes back', async () => {
  const port = await freePort()
  const broker = await startMosquitto(port)
  stops.push(() => broker.kill())
  const first = world()
  const away = await external(port, first)
  await eventually(() => away.source.stats().up)
  await away.source.stop()
  await away.ingest.stop()
  const agent = await publisher(port)
  for (let n = 1; n <= 20; n++) await agent.publishAsync(SCAN_TOPIC, JSON.stringify(event(n)), { qos: 1 })
  const again = world(first.path)
  const { ingest, source } = await external(port, again)
  await eventually(() => source.stats().acknowledged === 20)
  await settled(ingest)
  expect(again.logged().length).toBe(20)
})

test('a message the journal has not flushed is not acknowledged, and comes again', async () => {
  const port = await freePort()
  const broker = await startMosquitto(port)
  stops.push(() => broker.kill())
  const made = world()
  const { clock } = made.ports
  let appends = 0
  const failing = {
    append: () => {
      appends++
      return appends === 1 ? new Promise<number>(() => {}) : Promise.reject(new Error('disk'))
    },
  }
  const url = `mqtt://127.0.0.1:${port}`
  const source = mqttSource({ url }, { journal: failing, clock, logger: quiet })
  source.start()
  await eventually(() => source.stats().up)
  const agent = await publisher(port)
  await agent.publishAsync(SCAN_TOPIC, JSON.stringify(event(1)), { qos: 1 })
  await eventually(() => appends === 1)
  await agent.publishAsync(SCAN_TOPIC, JSON.stringify(event(2)), { qos: 1 })
  await eventually(() => appends > 2, { timeoutMs: 20_000 })
  expect(source.stats().acknowledged).toBe(0)
  await made.close()
  void source.stop()
}, 30_000)

test('a half-open connection is noticed and replaced', async () => {
  const port = await freePort()
  const broker = await startMosquitto(port)
  stops.push(() => broker.kill())
  const proxy = await faultProxy({ target: { port } })
  stops.push(() => proxy.close())
  const made = world()
  const { source, ingest } = await external(port, made, proxy.port)
  await eventually(() => source.stats().up)
  proxy.halt()
  await eventually(() => !source.stats().up, { timeoutMs: 20_000 })
  proxy.cut()
  proxy.pass()
  const agent = await publisher(port)
  await agent.publishAsync(SCAN_TOPIC, JSON.stringify(event(1)), { qos: 1 })
  await eventually(() => made.log.stats().last === 1, { timeoutMs: 30_000 })
  await settled(ingest)
}, 60_000)

test('a broker that is killed with its queue and started again loses nothing and doubles nothing', async () => {
  const port = await freePort()
  let broker = await startMosquitto(port)
  stops.push(() => broker.kill())
  const made = world()
  const { ingest } = await external(port, made)
  const events = Array.from({ length: 20_000 }, (_, i) => event(i + 1))
  const sender = await startSender(`mqtt://127.0.0.1:${port}`, events)
  for (const at of [2000, 6000, 12_000]) {
    await eventually(() => ingest.stats().accepted >= at, { timeoutMs: 60_000 })
    await broker.kill()
    broker = await startMosquitto(port)
  }
  await sender.finish()
  await settled(ingest)
  await sender.close()
  const logged = made.logged()
  const ids = new Set(logged.map(({ event }) => event.id))
  process.stdout.write(
    `mosquitto killed 3 times: sent ${events.length} (${sender.sent} batches), accepted ${logged.length}, stored ${made.store.rows.size}, ${ingest.stats().duplicates} duplicates\n`,
  )
  expect(logged.length).toBe(events.length)
  expect(ids.size).toBe(events.length)
  expect(made.store.rows.size).toBe(events.length)
}, 120_000)
