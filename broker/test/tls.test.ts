import { X509Certificate } from 'node:crypto'
import { certificate } from '@waytrace/standard/testing'
import { connectAsync, type IClientOptions } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { createBroker } from '../src/index.ts'
import { agent, listedIdentities, ports } from './doubles.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function started(tls: { caFile?: string } = {}, own = certificate('edge7')) {
  const server = certificate('broker')
  const fingerprint = new X509Certificate(own.cert).fingerprint256
  const { passwordHash: _, ...enrolment } = agent('edge7', { certificate: fingerprint })
  const doubles = ports()
  const identities = listedIdentities([...doubles.enrolments, { enrolment }])
  const broker = createBroker(
    { plain: false, tls: { port: 0, ...server.files, clientCertificates: true, ...tls }, webSocketPort: 0 },
    { ...doubles, identities },
  )
  await broker.start()
  stops.push(() => broker.stop())
  const connect = async (url: string, options: IClientOptions) => {
    // Not again and again: a connection that is closed without a word is a refusal, too.
    const client = await connectAsync(
      url,
      { protocolVersion: 4, reconnectPeriod: 0, ca: server.cert, ...options },
      false,
    )
    stops.push(() => client.endAsync(true))
    return client
  }
  return {
    ...doubles,
    connect,
    own,
    url: `mqtts://127.0.0.1:${broker.address.tlsPort}`,
    wss: `wss://127.0.0.1:${broker.address.webSocketPort}`,
  }
}

const TOPIC = 'wt/v1/wh1/edge7/scanner/s1/evt/scan'

test('an enrolled client certificate signs in without a password, over TLS and over WebSocket', async () => {
  const { connect, own, url, wss, journal } = await started()
  for (const address of [url, wss]) {
    const client = await connect(address, own)
    await client.publishAsync(TOPIC, address, { qos: 1 })
  }
  expect(journal.messages().map(({ origin }) => origin.name)).toEqual(['wh1/edge7', 'wh1/edge7'])
})

test('a certificate that is not enrolled, or another name with it, is refused', async () => {
  const { connect, own, url } = await started()
  await expect(connect(url, certificate('stranger'))).rejects.toThrow(/not authorized/i)
  await expect(connect(url, { ...own, username: 'wh1/edge1', password: 'secret-word' })).rejects.toThrow(
    /not authorized/i,
  )
})

test('passwords work over TLS', async () => {
  const { connect, url, journal } = await started()
  const client = await connect(url, { username: 'wh1/edge1', password: 'secret-word' })
  await client.publishAsync('wt/v1/wh1/edge1/scanner/s1/evt/scan', 'x', { qos: 1 })
  expect(journal.messages().length).toBe(1)
})

test('a key that does not fit is named as a configuration problem, and so is a file that is not there', async () => {
  const server = certificate('broker')
  const other = certificate('other')
  const broker = createBroker({ tls: { port: 0, ...server.files, keyFile: other.files.keyFile }, port: 0 }, ports())
  await expect(broker.start()).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  await broker.stop()
  const lost = createBroker({ tls: { port: 0, ...server.files, certFile: '/nowhere/broker.crt' }, port: 0 }, ports())
  await expect(lost.start()).rejects.toThrow(/mqtt\.tls\.certFile: \/nowhere\/broker\.crt cannot be read \(ENOENT\)/)
  await lost.stop()
})

test('with an authority, only what it signed signs in; passwords stay good on this machine', async () => {
  const authority = certificate('authority')
  const own = certificate('edge7', authority)
  const { connect, url, wss } = await started({ caFile: authority.files.certFile }, own)
  for (const address of [url, wss]) {
    await connect(address, own)
    await expect(connect(address, certificate('stranger'))).rejects.toThrow()
    await expect(connect(address, certificate('stranger', certificate('authority')))).rejects.toThrow()
    await connect(address, { username: 'wh1/edge1', password: 'secret-word' })
  }
})

test('a port that is taken is named', async () => {
  const first = createBroker({ port: 0 }, ports())
  await first.start()
  stops.push(() => first.stop())
  const second = createBroker({ port: first.address.port }, ports())
  await expect(second.start()).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  await second.stop()
})

test('an agent that is revoked is disconnected', async () => {
  const doubles = ports()
  const { fakeClock, eventually } = await import('@waytrace/standard/testing')
  const clock = fakeClock()
  const broker = createBroker({ port: 0 }, { ...doubles, clock })
  await broker.start()
  stops.push(() => broker.stop())
  const credentials = {
    username: 'wh1/edge1',
    password: 'secret-word',
    protocolVersion: 4 as const,
    reconnectPeriod: 0,
  }
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.address.port}`, credentials)
  stops.push(() => client.endAsync(true))
  const [first] = doubles.enrolments
  if (first !== undefined) first.enrolment = { ...first.enrolment, revokedAt: clock.now() }
  await clock.advance(10_000)
  await eventually(() => !client.connected)
})
