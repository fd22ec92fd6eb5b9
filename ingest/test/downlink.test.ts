import { systemClock } from '@waytrace/standard/process'
import { eventually, freePort } from '@waytrace/standard/testing'
import { connectAsync } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { createDownlink } from '../src/index.ts'
import { quiet, sequence } from './harness.ts'
import { startMosquitto } from './mosquitto.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const CONFIG = { site: 'wh1', agent: 'edge1', kind: 'sensor', device: 'tmp1', config: { intervalS: 60 }, position: 1 }
const mark = (n: number) => ({ site: 'wh1', agent: 'edge1', spool: 'spool-a', sequence: sequence(n) })

async function listener(port: number) {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, reconnectPeriod: 0 })
  const seen: { topic: string; body: Record<string, unknown>; retain: boolean }[] = []
  client.on(
    'message',
    (topic, payload, { retain }) => void seen.push({ topic, body: JSON.parse(`${payload}`), retain }),
  )
  client.on('error', () => {})
  await client.subscribeAsync('wt/#', { qos: 1 })
  stops.push(() => client.endAsync(true))
  return seen
}

test('a broker that forgot everything is told marks and configuration again', async () => {
  const port = await freePort()
  let broker = await startMosquitto(port)
  stops.push(() => broker.kill())
  const ports = {
    clock: systemClock(),
    logger: quiet,
    configs: (after: number) => [CONFIG].filter(({ position }) => position > after),
  }
  const downlink = createDownlink({ url: `mqtt://127.0.0.1:${port}`, keepAliveSeconds: 2 }, ports)
  downlink.start()
  stops.push(() => downlink.stop())
  downlink.mark(mark(7))
  await eventually(() => downlink.stats().published === 2)
  for (let round = 0; round < 2; round++) {
    const seen = await listener(port)
    await eventually(() => seen.length === 2)
    expect(seen.map(({ topic, body, retain }) => [topic, body, retain]).sort()).toEqual([
      ['wt/v1/wh1/edge1/agent/self/ack', { spool: 'spool-a', sequence: sequence(7) }, true],
      ['wt/v1/wh1/edge1/sensor/tmp1/cfg', { intervalS: 60 }, true],
    ])
    if (round > 0) break
    const before = downlink.stats().published
    await broker.kill()
    broker = await startMosquitto(port)
    await eventually(() => downlink.stats().published === before + 2, { timeoutMs: 20_000 })
  }
}, 60_000)

test('marks are joined: an agent hears the newest, not each', async () => {
  const port = await freePort()
  const broker = await startMosquitto(port)
  stops.push(() => broker.kill())
  const downlink = createDownlink({ url: `mqtt://127.0.0.1:${port}` }, { clock: systemClock(), logger: quiet })
  downlink.start()
  stops.push(() => downlink.stop())
  await eventually(() => downlink.stats().up)
  const seen = await listener(port)
  for (let n = 1; n <= 1000; n++) downlink.mark(mark(n))
  await eventually(() => seen.at(-1)?.body.sequence === sequence(1000))
  expect(seen.length).toBeLessThan(20)
})

test('a command carries where to answer and until when', async () => {
  const port = await freePort()
  const broker = await startMosquitto(port)
  stops.push(() => broker.kill())
  const downlink = createDownlink({ url: `mqtt://127.0.0.1:${port}` }, { clock: systemClock(), logger: quiet })
  downlink.start()
  stops.push(() => downlink.stop())
  const seen = await listener(port)
  const { config: _, position: __, ...rest } = CONFIG
  const address = { ...rest, urn: 'urn:epc:id:giai:9521234.tmp1' }
  const expiresAt = '2026-01-15T09:00:00Z'
  downlink.send({ ...address, commandId: 'c1', verb: 'set-interval', expiresAt, payload: { seconds: 30 } })
  await eventually(() => seen.length === 1)
  expect(seen).toEqual([
    {
      topic: 'wt/v1/wh1/edge1/sensor/tmp1/cmd/set-interval',
      body: { seconds: 30, commandId: 'c1', expiresAt, replyTo: 'wt/v1/wh1/edge1/sensor/tmp1/res/set-interval' },
      retain: false,
    },
  ])
})
