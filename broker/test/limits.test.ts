import { connect, type Socket } from 'node:net'
import { eventually } from '@waytrace/standard/testing'
import fc from 'fast-check'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import mqttPacket from 'mqtt-packet'
import { afterEach, expect, test } from 'vitest'
import { type Broker, type BrokerOptions, createBroker } from '../src/index.ts'
import { packetGuard } from '../src/packet-guard.ts'
import { ports } from './doubles.ts'

const stops: (() => unknown)[] = []
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

/** A raw socket; `ended` resolves when the broker has closed it. */
function rawSocket(broker: Broker): { socket: Socket; ended: Promise<void> } {
  const socket = connect(broker.address.port ?? 0, '127.0.0.1')
  socket.on('error', () => {})
  stops.push(() => socket.destroy())
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.resume()
  return { socket, ended }
}

const CONNECT = mqttPacket.generate({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId: 'raw',
  clean: true,
  keepalive: 0,
  username: 'wh1/edge1',
  password: Buffer.from('secret-word'),
})

test('a packet that states 256 MB ends its connection at the header, and nobody else notices', async () => {
  const { broker, journal, log } = await started()
  const neighbour = await client(broker, { username: 'wh1/edge2' })
  const { socket, ended } = rawSocket(broker)
  socket.write(CONNECT)
  await eventually(() => broker.stats().clients === 2)
  socket.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]))
  await ended
  await neighbour.publishAsync('wt/v1/wh1/edge2/scanner/s1/evt/scan', 'good', { qos: 1 })
  expect(journal.messages().length).toBe(1)
  expect(broker.stats().oversizePackets).toBe(1)
  expect(log.lines.find(({ message }) => message === 'connection ended by a limit')?.fields).toMatchObject({
    user: 'wh1/edge1',
    code: 'PAYLOAD_TOO_LARGE',
  })
  await eventually(() => journal.records.some(({ payload }) => `${payload}`.includes('PAYLOAD_TOO_LARGE')))
})

test('a stranger may send a small packet only', async () => {
  const { broker } = await started()
  const { socket, ended } = rawSocket(broker)
  socket.write(Buffer.from([0x10, 0xff, 0xff, 0x03]))
  await ended
  expect(broker.stats().oversizePackets).toBe(1)
})

test('a message of exactly the limit passes and one byte more does not', async () => {
  const { broker, journal } = await started({ limits: { messageBytes: 2000 } })
  const agent = await client(broker)
  const overhead = 2 + TOPIC.length + 2
  await agent.publishAsync(TOPIC, Buffer.alloc(2000 - overhead), { qos: 1 })
  expect(journal.messages().length).toBe(1)
  agent.publishAsync(TOPIC, Buffer.alloc(2000 - overhead + 1), { qos: 1 }).catch(() => {})
  await eventually(() => !agent.connected)
  expect(journal.messages().length).toBe(1)
})

test('the guard finds the packet that is too large, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 10 }),
      fc.integer({ min: 1, max: 50 }),
      (sizes, cut) => {
        const stream = Buffer.concat(
          sizes.map((size) => {
            const payload = Buffer.alloc(size, 0xff)
            return mqttPacket.generate({ cmd: 'publish', topic: 't', payload, qos: 0, dup: false, retain: false })
          }),
        )
        const guard = packetGuard(200)
        const scan = () => {
          for (let at = 0; at < stream.length; at += cut) guard.scan(stream.subarray(at, at + cut))
        }
        if (sizes.some((size) => size + 3 > 200)) expect(scan).toThrow('200 are allowed')
        else scan()
      },
    ),
  )
})

test('ten thousand fuzzed packets leave the broker up and honest neighbours served', async () => {
  const { broker, journal } = await started({ limits: { connectionsPerSecond: 100_000 } })
  const neighbour = await client(broker, { username: 'wh1/edge2' })
  const random = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 60 }), { numRuns: 10_000, seed: 42 })
  const good = mqttPacket.generate({
    cmd: 'publish',
    topic: TOPIC,
    payload: 'x',
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  let served = 0
  for (let from = 0; from < random.length; from += 10) {
    const { socket, ended } = rawSocket(broker)
    // Some speak before CONNECT, some after; some are good packets with a few bytes changed.
    if (from % 20 === 0) socket.write(CONNECT)
    for (const bytes of random.slice(from, from + 10)) {
      const mutated = Buffer.from(good)
      for (const [i, byte] of bytes.slice(0, 3).entries())
        mutated[(byte + i * 7) % mutated.length] = bytes[bytes.length - 1] ?? 0
      socket.write((bytes[0] ?? 0) % 2 === 0 ? bytes : mutated)
    }
    socket.end()
    await neighbour.publishAsync('wt/v1/wh1/edge2/scanner/s1/evt/scan', `${from}`, { qos: 1 })
    served++
    await ended
  }
  const mine = journal.messages().filter(({ topic }) => topic.startsWith('wt/v1/wh1/edge2/'))
  process.stdout.write(
    `fuzz: 10000 packets on 1000 connections, ${served} sent by a neighbour, ${mine.length} journalled\n`,
  )
  expect(mine.length).toBe(1000)
  await eventually(() => broker.stats().clients === 1)
}, 120_000)

test('a subscriber that does not read is disconnected, and publishers are not held back by it', async () => {
  const { broker } = await started({ limits: { outboundBytes: 100_000 } })
  const publisher = await client(broker)
  const { socket, ended } = rawSocket(broker)
  socket.write(
    mqttPacket.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: 'deaf',
      clean: true,
      keepalive: 0,
      username: '$centre',
      password: Buffer.from('centre-secret'),
    }),
  )
  socket.write(mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'wt/#', qos: 1 }] }))
  await eventually(() => broker.stats().clients === 2)
  socket.pause()
  const payload = Buffer.alloc(50_000)
  while (broker.stats().slowConsumers === 0) await publisher.publishAsync(TOPIC, payload, { qos: 1 })
  socket.resume()
  await ended
})

test('a client above its rate is slowed down and loses nothing; others are not slowed', async () => {
  const { broker, journal } = await started({ limits: { messagesPerSecond: 200, messageBurst: 50 } })
  const fast = await client(broker)
  const calm = await client(broker, { username: 'wh1/edge2' })
  const flood = Promise.all(Array.from({ length: 150 }, (_, i) => fast.publishAsync(TOPIC, `${i}`, { qos: 1 })))
  await eventually(() => broker.stats().waiting > 0)
  await calm.publishAsync('wt/v1/wh1/edge2/scanner/s1/evt/scan', 'calm', { qos: 1 })
  expect(broker.stats().waiting).toBeGreaterThan(0)
  await flood
  const numbers = journal
    .messages()
    .filter(({ topic }) => topic === TOPIC)
    .map(({ payload }) => Number(`${payload}`))
  expect(numbers).toEqual(Array.from({ length: 150 }, (_, i) => i))
})

test('connections beyond the bound are closed, and there is room again when one leaves', async () => {
  const { broker } = await started({ limits: { clients: 1 } })
  const first = await client(broker)
  await rawSocket(broker).ended
  await first.endAsync()
  await eventually(() => broker.stats().clients === 0)
  await client(broker)
  expect(broker.stats().refusedConnections).toBe(1)
})

test('retained messages are bounded per credential, and events are never retained', async () => {
  const { broker } = await started({ limits: { retained: 2 } })
  const agent = await client(broker)
  for (const device of ['s1', 's2', 's3'])
    await agent.publishAsync(`wt/v1/wh1/edge1/scanner/${device}/status`, '{}', { qos: 1, retain: true })
  await agent.publishAsync(TOPIC, 'event', { qos: 1, retain: true })
  const centre = await client(broker, { username: '$centre', password: 'centre-secret' })
  const seen: string[] = []
  centre.on('message', (topic) => void seen.push(topic))
  await centre.subscribeAsync('wt/#', { qos: 1 })
  await agent.publishAsync(TOPIC, 'after', { qos: 1 })
  await eventually(() => seen.includes(TOPIC))
  expect(seen.sort()).toEqual([TOPIC, 'wt/v1/wh1/edge1/scanner/s1/status', 'wt/v1/wh1/edge1/scanner/s2/status'].sort())
})
