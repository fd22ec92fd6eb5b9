import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { eventually } from '@waytrace/standard/testing'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { type Broker, type BrokerOptions, createBroker } from '../src/index.ts'
import { ports } from './doubles.ts'

const run = promisify(execFile)
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

/** mosquitto_pub as a stranger would call it; resolves with its exit code and what it complained of. */
async function mosquittoPub(broker: Broker, ...args: string[]): Promise<{ code: number; stderr: string }> {
  try {
    const { stderr } = await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${broker.address.port}`, ...args])
    return { code: 0, stderr }
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string }
    return { code, stderr }
  }
}

const ENROLLED = ['-u', 'wh1/edge1', '-P', 'secret-word', '-q', '1']

test('mosquitto_pub with an enrolled credential is journalled', async () => {
  const { broker, journal } = await started()
  expect((await mosquittoPub(broker, ...ENROLLED, '-t', TOPIC, '-m', 'hello')).code).toBe(0)
  expect(journal.messages().map(({ topic }) => topic)).toEqual([TOPIC])
})

test('a wrong password, an unknown user and no user are refused, logged and audited', async () => {
  const { broker, journal, log } = await started()
  for (const who of [['-u', 'wh1/edge1', '-P', 'wrong'], ['-u', 'wh1/nobody', '-P', 'secret-word'], []]) {
    const { code, stderr } = await mosquittoPub(broker, ...who, '-q', '1', '-t', TOPIC, '-m', 'x')
    expect(code).not.toBe(0)
    expect(stderr).toContain('not authorised')
  }
  expect(journal.messages()).toEqual([])
  expect(broker.stats().refusedConnections).toBe(3)
  expect(log.lines.some(({ message }) => message === 'connection refused')).toBe(true)
  const audits = journal.records
    .filter(({ topic }) => topic === 'centre/broker')
    .map(({ payload }) => JSON.parse(`${payload}`))
  expect(audits.map(({ data }) => [data.actor, data.action, data.result])).toContainEqual([
    'wh1/nobody',
    'mqtt.connect',
    'refused',
  ])
})

test('no password appears in the log or in the audit', async () => {
  const { broker, journal, log } = await started()
  await mosquittoPub(broker, '-u', 'wh1/edge1', '-P', 'top-secret-7', '-q', '1', '-t', TOPIC, '-m', 'x')
  await mosquittoPub(broker, ...ENROLLED, '-t', TOPIC, '-m', 'x')
  const all = JSON.stringify([log.lines, journal.records.map(({ payload }) => `${payload}`)])
  expect(all).not.toContain('top-secret-7')
  expect(all).not.toContain('secret-word')
})

test('a foreign prefix cannot publish, and the connection goes on for what is allowed', async () => {
  const { broker, journal, log } = await started()
  const agent = await client(broker)
  const centre = await client(broker, { username: '$centre', password: 'centre-secret' })
  const seen: string[] = []
  centre.on('message', (topic) => void seen.push(topic))
  await centre.subscribeAsync(['wt/#', 'gw/#'], { qos: 1 })
  for (const topic of [
    'wt/v1/wh1/edge2/scanner/s1/evt/scan',
    'wt/v1/other/edge1/scanner/s1/evt/scan',
    'wt/v1/wh1/edge1/scanner/s1/cfg',
    'wt/v1/wh1/edge1/agent/self/ack',
    'gw/wh1/edge1/data',
    '$SYS/broker',
    'elsewhere',
    `wt/v1/wh1/edge1/${'a/'.repeat(40)}x`,
  ])
    await agent.publishAsync(topic, 'forged', { qos: 1, retain: true })
  await agent.publishAsync(TOPIC, 'good', { qos: 1 })
  await eventually(() => seen.length > 0)
  expect(seen).toEqual([TOPIC])
  expect(journal.messages().map(({ topic }) => topic)).toEqual([TOPIC])
  expect(broker.stats().refusedPublishes).toBe(8)
  expect(log.lines.filter(({ message }) => message === 'publish refused').length).toBe(1)
  expect(agent.connected).toBe(true)
})

test('devices may not listen to everything, to others or to the broker itself', async () => {
  const { broker } = await started()
  const agent = await client(broker)
  for (const filter of [
    '#',
    '$SYS/#',
    '+/#',
    'wt/v1/wh1/edge2/agent/self/ack',
    'wt/v1/wh1/+/agent/self/ack',
    'wt/v1/+/edge1/+/+/cfg',
  ])
    await expect(agent.subscribeAsync(filter)).rejects.toThrow()
  for (const filter of [
    'wt/v1/wh1/edge1/+/+/cmd/+',
    'wt/v1/wh1/edge1/+/+/cfg',
    'wt/v1/wh1/edge1/agent/self/ack',
    'gw/wh1/+/#',
  ])
    expect(await agent.subscribeAsync(filter)).toMatchObject([{ topic: filter, qos: 0 }])
  expect(agent.connected).toBe(true)
})

test('a gateway publishes below its own prefix, which agents of the site may read and the journal does not keep', async () => {
  const { broker, journal } = await started()
  const gateway = await client(broker, { username: 'wh1/ruuvi1' })
  const agent = await client(broker)
  const seen: string[] = []
  agent.on('message', (topic) => void seen.push(topic))
  await agent.subscribeAsync('gw/wh1/+/#')
  await gateway.publishAsync('wt/v1/wh1/ruuvi1/scanner/s1/evt/scan', 'forged', { qos: 1 })
  await gateway.publishAsync('gw/wh1/other/AA:BB', 'forged', { qos: 1 })
  await gateway.publishAsync('gw/wh1/ruuvi1/AA:BB', 'data', { qos: 1 })
  await eventually(() => seen.length > 0)
  expect(seen).toEqual(['gw/wh1/ruuvi1/AA:BB'])
  expect(journal.messages()).toEqual([])
})

test('anonymous clients of this machine may read when the demo allows it, and never write', async () => {
  const closed = await started()
  expect((await mosquittoPub(closed.broker, '-t', TOPIC, '-m', 'x')).code).not.toBe(0)
  const { broker, journal } = await started({ allowAnonymousLoopback: true })
  expect((await mosquittoPub(broker, '-q', '1', '-t', TOPIC, '-m', 'x')).code).toBe(0)
  expect(journal.messages()).toEqual([])
  expect(broker.stats().refusedPublishes).toBe(1)
})

test('one client cannot take over the connection of another credential by its client id', async () => {
  const { broker } = await started()
  const victim = await client(broker, { clientId: 'the-id' })
  const thief = await client(broker, { clientId: 'the-id', username: 'wh1/edge2' })
  await thief.subscribeAsync('wt/v1/wh1/edge2/agent/self/ack')
  await victim.publishAsync(TOPIC, 'still here', { qos: 1 })
  expect(victim.connected).toBe(true)
})

test('an MQTT 5 client is told which version to use', async () => {
  const { broker, log } = await started()
  await expect(client(broker, { protocolVersion: 5 })).rejects.toThrow(/protocol version/i)
  expect(log.lines.map(({ message }) => message)).toContain(
    'MQTT 5 client refused: this broker speaks MQTT 3.1.1; set protocolVersion 4',
  )
})

test('MQTT over WebSocket is the same broker', async () => {
  const { broker, journal } = await started({ webSocketPort: 0 })
  const agent = await connectAsync(`ws://127.0.0.1:${broker.address.webSocketPort}`, {
    username: 'wh1/edge1',
    password: 'secret-word',
    protocolVersion: 4,
    reconnectPeriod: 0,
  })
  stops.push(() => agent.endAsync(true))
  await agent.publishAsync(TOPIC, 'over ws', { qos: 1 })
  expect(journal.messages().length).toBe(1)
})
