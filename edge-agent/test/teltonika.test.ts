import { connect, type Socket } from 'node:net'
import { decodeTeltonikaCommand, encodeTeltonikaLogin, encodeTeltonikaResponse } from '@waytrace/devices'
import { systemClock } from '@waytrace/standard/process'
import { eventually, tempDir } from '@waytrace/standard/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { createAgent } from '../src/agent.ts'
import { linkConfig } from '../src/link-config.ts'
import { openLink } from '../src/links/open-link.ts'
import { openLocalState } from '../src/local-state.ts'
import { silentLog, testConfig, urn } from './support/agent-config.ts'
import { fakeIngest } from './support/fake-ingest.ts'
import { startMosquitto } from './support/mosquitto.ts'

const IMEI = '356307042441013'
// Teltonika Telematics Wiki, "Teltonika Data Sending Protocols": codec 8 with one record, and with two.
const ONE =
  '000000000000003608010000016B40D8EA30010000000000000000000000000000000105021503010101425E0F01F10000601A014E0000000000000000010000C7CF'
const TWO =
  '000000000000004308020000016B40D57B480100000000000000000000000000000001010101000000000000016B40D5C198010000000000000000000000000000000101010101000000020000252C'
const TRAILER = urn('TRL118')

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const truck = {
  slug: 'truck-1',
  urn: urn('VGW1'),
  kind: 'gateway',
  link: { type: 'tcp-server', host: '127.0.0.1', port: 0, protocol: 'teltonika' },
  match: IMEI,
  driver: 'teltonika-codec8',
  place: TRAILER,
}

/** A device's side: everything the server sends, as hex. */
async function device(
  port: number | undefined,
): Promise<{ socket: Socket; heard: () => string; closed: () => boolean }> {
  const socket = connect(port ?? 0, '127.0.0.1')
  let heard = ''
  let closed = false
  socket.on('data', (chunk) => {
    heard += chunk.toString('hex')
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  stops.push(async () => socket.destroy())
  return { socket, heard: () => heard, closed: () => closed }
}

async function running() {
  const broker = await startMosquitto()
  const ingest = await fakeIngest(broker.url)
  stops.push(
    () => broker.stop(),
    () => ingest.stop(),
  )
  const agent = createAgent(testConfig(broker.url, { devices: [truck] }), {
    clock: systemClock(),
    log: silentLog,
    dataDir: tempDir('agent'),
  })
  await agent.start()
  stops.push(() => agent.stop())
  return { agent, ingest, port: agent.addresses()[0]?.port }
}

describe('a Teltonika device at the agent', () => {
  it('is told that its records are taken only when they are on disk', async () => {
    const state = openLocalState(tempDir('state'))
    stops.push(() => state.close())
    let flushed = () => {}
    const frames: string[] = []
    const link = openLink(linkConfig.parse(truck.link), {
      clock: systemClock(),
      log: silentLog,
      state,
      framing: undefined,
      maxFrameBytes: 65_536,
      unwrap: undefined,
      units: [],
      agent: 'a',
      events: {
        frame: ({ address, model }) => {
          frames.push(`${address} ${model}`)
          return new Promise((resolve) => {
            flushed = resolve
          })
        },
        bad: async () => {},
        state: () => {},
        knows: () => true,
      },
    })
    await link.start()
    stops.push(() => link.stop())
    const { socket, heard } = await device(link.address?.().port)
    socket.write(encodeTeltonikaLogin(IMEI))
    socket.write(Buffer.from(TWO, 'hex'))
    await eventually(() => frames.length === 1)
    expect(frames).toEqual([`${IMEI} teltonika-codec8`])
    expect(heard()).toBe('01')
    flushed()
    await eventually(() => heard() === '0100000002')
  })

  it('becomes one event per record, and a packet that comes again becomes the same events', async () => {
    const { agent, ingest, port } = await running()
    const { socket, heard } = await device(port)
    socket.write(encodeTeltonikaLogin(IMEI))
    for (let i = 0; i < 2; i++) socket.write(Buffer.from(TWO, 'hex'))
    await eventually(() => heard() === '010000000200000002')
    await eventually(() => agent.stats().spool.depth === 0 && ingest.received === 4)
    expect(ingest.events.size).toBe(2)
    expect(ingest.invalid).toEqual([])
    expect([...ingest.events.values()].map(({ time }) => time)).toEqual([
      '2019-06-10T10:01:01.000Z',
      '2019-06-10T10:01:19.000Z',
    ])
    expect([...ingest.events.values()][0]).toMatchObject({
      deviceid: urn('VGW1'),
      data: { bizStep: 'transporting', disposition: 'in_transit', epcList: [TRAILER], readPoint: { id: TRAILER } },
    })
  })

  it('is not acknowledged a packet with a wrong CRC, whose bytes are kept; the next good one is taken', async () => {
    const { agent, ingest, port } = await running()
    const { socket, heard } = await device(port)
    socket.write(encodeTeltonikaLogin(IMEI))
    const broken = Buffer.from(ONE, 'hex')
    broken[20] = (broken[20] ?? 0) ^ 1
    socket.write(broken)
    await eventually(() => agent.stats().deadLettered === 1)
    expect(agent.deadLetters(1)[0]).toMatchObject({ device: 'truck-1', code: 'FRAME_MALFORMED', bytes: broken })
    await eventually(() => heard() === '01')
    socket.write(Buffer.from(ONE, 'hex'))
    await eventually(() => heard() === '0100000001')
    await eventually(() => ingest.events.size === 1)
  })

  it('is refused when nobody knows its IMEI', async () => {
    const { agent, port } = await running()
    const { socket, heard, closed } = await device(port)
    socket.write(encodeTeltonikaLogin('352093081452251'))
    socket.write(Buffer.from(ONE, 'hex'))
    await eventually(() => closed())
    expect(heard()).toBe('00')
    expect(agent.stats().spool.last).toBe(0)
  })

  it('answers a command from the centre once, however often the command comes', async () => {
    const { agent, ingest, port } = await running()
    const { socket } = await device(port)
    let commands = 0
    socket.write(encodeTeltonikaLogin(IMEI))
    socket.on('data', (chunk) => {
      if (chunk.length < 12) return
      commands++
      expect(decodeTeltonikaCommand(chunk)).toBe('getinfo')
      socket.write(encodeTeltonikaResponse({ text: 'INI:2026/1/1' }))
    })
    await eventually(() => agent.stats().uplink.connected && agent.stats().devices['truck-1'] === 'ready')
    const topic = 'wt/v1/wh1/edge1/gateway/truck-1/cmd/codec12'
    await ingest.publish(topic, { commandId: 'c-1', text: 'getinfo' })
    await eventually(() => ingest.answers.length === 1)
    await ingest.publish(topic, { commandId: 'c-1', text: 'getinfo' })
    await ingest.publish(topic, { commandId: 'c-2', text: 'getinfo', expiresAt: '2020-01-01T00:00:00Z' })
    await eventually(() => ingest.answers.length === 3)
    expect(ingest.answers).toMatchObject([
      { commandId: 'c-1', ok: true, result: { text: 'INI:2026/1/1' } },
      { commandId: 'c-1', ok: true, result: { text: 'INI:2026/1/1' } },
      { commandId: 'c-2', ok: false, error: { code: 'EXPIRED' } },
    ])
    expect(commands).toBe(1)
  })
})
