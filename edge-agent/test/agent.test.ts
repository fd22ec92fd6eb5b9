import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@waytrace/standard/process'
import { eventually, freePort, startProcess, tempDir } from '@waytrace/standard/testing'
import modbusSerial from 'modbus-serial'
import { afterEach, describe, expect, it } from 'vitest'
import { createAgent } from '../src/agent.ts'
import { OPERATOR, SSCC, silentLog, testConfig, urn } from './support/agent-config.ts'
import { type FakeIngest, fakeIngest } from './support/fake-ingest.ts'
import { startMosquitto } from './support/mosquitto.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const ROOM = 'https://id.gs1.org/414/9521234000013/254/COLD01'
const scanner = {
  slug: 'scanner-1',
  urn: urn('SCN1'),
  kind: 'scanner',
  link: { type: 'http', host: '127.0.0.1', port: 0, path: '/scan', token: 'secret-token', maxBytes: 2000 },
  driver: 'gs1',
  station: 'pack-1',
}
const packing = { id: 'pack-1', mode: 'packing', readPoint: ROOM, duplicateWindowMs: 0 }

async function centre(): Promise<{ ingest: FakeIngest; url: string }> {
  const broker = await startMosquitto()
  const ingest = await fakeIngest(broker.url)
  stops.push(
    () => broker.stop(),
    () => ingest.stop(),
  )
  return { ingest, url: broker.url }
}

async function started(url: string, parts: object, dataDir = tempDir('agent')) {
  const agent = createAgent(testConfig(url, parts), { clock: systemClock(), log: silentLog, dataDir })
  await agent.start()
  stops.push(() => agent.stop())
  const port = agent.addresses()[0]?.port
  const post = async (body: string, headers: Record<string, string> = { authorization: 'Bearer secret-token' }) => {
    const { status } = await fetch(`http://127.0.0.1:${port}/scan`, { method: 'POST', headers, body })
    return status
  }
  return { agent, post }
}

const stationParts = { devices: [scanner], stations: [packing] }

describe('an agent', () => {
  it('answers a webhook by what became of it: on disk, unauthorised, too large, nowhere', async () => {
    const { url } = await centre()
    const { agent, post } = await started(url, stationParts)
    expect(await post(']C18017952123400000001212')).toBe(200)
    expect(await post('x', {})).toBe(401)
    expect(await post('x', { authorization: 'Bearer secret-tokem' })).toBe(401)
    expect(await post('x'.repeat(5000))).toBe(413)
    const port = agent.addresses()[0]?.port
    expect((await fetch(`http://127.0.0.1:${port}/elsewhere`, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${port}/scan`)).status).toBe(405)
    // A wrong check digit is taken, and kept as what it is.
    expect(await post(']C100095212340000000014')).toBe(200)
    expect(agent.deadLetters(1)[0]).toMatchObject({ device: 'scanner-1', code: 'FRAME_MALFORMED' })
  })

  it('remembers the operator, the open package and what can be undone over a restart', async () => {
    const { ingest, url } = await centre()
    const dataDir = tempDir('agent')
    const first = await started(url, stationParts, dataDir)
    await first.post(']C18017952123400000001212')
    await first.post(']C100095212340000000013400SO-1')
    await first.post(']d20109521234543213\x1d21A1')
    await first.agent.stop()
    const second = await started(url, stationParts, dataDir)
    await second.post('WT:CLOSE')
    await second.agent.stop()
    const third = await started(url, stationParts, dataDir)
    await third.post('WT:UNDO')
    const [closed, undone] = await eventually(() => {
      const found = ingest.ofType('waytrace.aggregation.v1')
      return found.length === 2 ? found : false
    })
    expect(closed?.data).toMatchObject({ parentID: SSCC, 'wt:operatorID': OPERATOR })
    expect(undone).toMatchObject({
      id: closed?.id,
      data: {
        parentID: SSCC,
        'wt:sequence': closed?.sequence,
        'wt:recordedTime': closed?.recordedtime,
        'wt:spool': closed?.spool,
        errorDeclaration: { reason: 'did_not_occur' },
      },
    })
    expect(Number(undone?.sequence)).toBe(Number(closed?.sequence) + 1)
    expect(ingest.invalid).toEqual([])
  })

  it('says what it is at birth, says goodbye, and is reported lost when it is killed', async () => {
    const { ingest, url } = await centre()
    const { agent } = await started(url, stationParts)
    const topic = 'wt/v1/wh1/edge1/agent/self/status'
    const birth = await eventually(() => ingest.statuses.get(topic) ?? false)
    expect(birth).toMatchObject({
      state: 'ready',
      seq: 1,
      devices: [{ slug: 'scanner-1', kind: 'scanner', urn: urn('SCN1') }],
    })
    await eventually(() => ingest.statuses.get('wt/v1/wh1/edge1/scanner/scanner-1/status')?.state === 'ready')
    await agent.stop()
    await eventually(() => ingest.statuses.get(topic)?.state === 'disconnected')
    expect(ingest.statuses.get(topic)?.bootid).toBe(birth.bootid)

    const file = join(tempDir('config'), 'agent.json')
    writeFileSync(file, JSON.stringify(testConfig(url, stationParts)))
    const doomed = startProcess(import.meta.url, './support/agent-process.ts', { args: [file, tempDir('agent')] })
    stops.push(() => doomed.kill())
    await doomed.waitForLine(/^ready/)
    const born = await eventually(() => {
      const status = ingest.statuses.get(topic)
      return status?.state === 'ready' && status.bootid !== birth.bootid ? status : false
    })
    await doomed.kill()
    await eventually(() => ingest.statuses.get(topic)?.state === 'lost')
    expect(ingest.statuses.get(topic)?.bootid).toBe(born.bootid)
  })

  it('tells its health, and why it is degraded', async () => {
    const { ingest, url } = await centre()
    const gone = { ...scanner, slug: 'gone', urn: urn('GONE'), link: { type: 'tcp', host: '127.0.0.1', port: 1 } }
    await started(url, { ...stationParts, devices: [scanner, gone], healthIntervalMs: 100 })
    const event = await eventually(() => ingest.ofType('waytrace.health.v1').at(-1) ?? false)
    expect(event.data).toMatchObject({ spoolDepth: expect.any(Number), cpuPercent: expect.any(Number), dropped: 0 })
    await eventually(() => {
      const { data } = ingest.ofType('waytrace.health.v1').at(-1) ?? { data: {} }
      return JSON.stringify(data).includes('devices disconnected: gone')
    })
    expect(ingest.invalid).toEqual([])
  })

  it('reads two Modbus units of one line, tells a failed register from a value, and reports by deadband', async () => {
    const { ingest, url } = await centre()
    let raw = 42
    const port = await freePort()
    const unit = new modbusSerial.ServerTCP(
      {
        getHoldingRegister(address: number, unitId: number) {
          if (address === 9) throw Object.assign(new Error('no such register'), { modbusErrorCode: 2 })
          return unitId === 1 ? raw : 0x7fff
        },
      },
      { host: '127.0.0.1', port, unitID: 255 },
    )
    await new Promise<void>((resolve) => unit.once('initialized', () => resolve()))
    stops.push(() => new Promise((resolve) => unit.close(() => resolve(undefined))))
    const controller = (slug: string, id: number, map: object[]) => ({
      slug,
      urn: urn(slug.toUpperCase()),
      kind: 'controller',
      link: { type: 'modbus', host: '127.0.0.1', port, unit: id, intervalMs: 20 },
      driver: 'modbus',
      options: { map },
      place: ROOM,
      report: { deadband: 0.5, maxIntervalMs: 3_600_000 },
      limits: [{ kind: 'temperature', max: 8 }],
    })
    const temperature = { kind: 'temperature', address: 0, scale: 0.1, sentinels: [0x7fff] }
    const { agent } = await started(url, {
      devices: [
        controller('room1', 1, [temperature]),
        controller('room2', 2, [temperature, { kind: 'humidity', address: 9 }]),
      ],
    })
    const reports = (slug: string) =>
      ingest
        .ofType('waytrace.object.v1')
        .flatMap((event) =>
          event.type === 'waytrace.object.v1' && event.deviceid === urn(slug)
            ? (event.data.sensorElementList ?? []).flatMap(({ sensorReport }) => sensorReport)
            : [],
        )
    await eventually(() => reports('ROOM1').length === 1 && reports('ROOM2').length === 2)
    raw = 44
    const { events } = agent.stats().uplink
    raw = 81
    await eventually(() => reports('ROOM1').length >= 2)
    expect(events).toBeLessThan(5)
    expect(reports('ROOM1').at(-1)).toMatchObject({ value: 8.1, exception: 'ALARM_CONDITION', 'wt:limitMax': 8 })
    raw = 79
    await eventually(() => reports('ROOM1').at(-1)?.value === 7.9)
    expect(reports('ROOM1').at(-1)).not.toHaveProperty('exception')
    const failed = reports('ROOM2')
    expect(failed.map(({ type, exception, value }) => [type, exception, value])).toEqual([
      ['Temperature', 'ERROR_CONDITION', undefined],
      ['RelativeHumidity', 'ERROR_CONDITION', undefined],
    ])
    expect(ingest.invalid).toEqual([])
  })

  it('takes configuration and commands from the centre and keeps them', async () => {
    const { ingest, url } = await centre()
    const path = join(tempDir('wire'), 'w1_slave')
    const sensor = (celsius: number) =>
      writeFileSync(path, `72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=${celsius * 1000}\n`)
    sensor(23.125)
    const probe = {
      slug: 'probe-1',
      urn: urn('PRB1'),
      kind: 'sensor',
      link: { type: 'file', path, mode: 'whole', always: true, intervalMs: 20 },
      driver: 'ds18b20',
      place: ROOM,
      report: { maxIntervalMs: 3_600_000 },
    }
    const dataDir = tempDir('agent')
    const { agent } = await started(url, { devices: [probe] }, dataDir)
    const readings = () => ingest.ofType('waytrace.object.v1').length
    await eventually(() => readings() === 1)
    await ingest.publish('wt/v1/wh1/edge1/sensor/probe-1/cmd/report-now', { commandId: 'c-1' })
    await eventually(() => readings() === 2 && ingest.answers.length === 1)
    await ingest.publish(
      'wt/v1/wh1/edge1/sensor/probe-1/cfg',
      { version: 7, limits: [{ kind: 'temperature', max: 8 }] },
      true,
    )
    const status = 'wt/v1/wh1/edge1/sensor/probe-1/status'
    await eventually(() => ingest.statuses.get(status)?.config === 7)
    await eventually(() => readings() === 3)
    await ingest.publish('wt/v1/wh1/edge1/sensor/probe-1/cmd/set-interval', { commandId: 'c-2', maxIntervalMs: 1 })
    await eventually(() => readings() > 5)
    // `cfg` comes again at each connect: what a command adjusted since stays adjusted.
    await ingest.publish('wt/v1/wh1/edge1/sensor/probe-1/cfg', {
      version: 7,
      limits: [{ kind: 'temperature', max: 8 }],
    })
    await ingest.publish('wt/v1/wh1/edge1/agent/self/cmd/ping', { commandId: 'c-0' })
    await eventually(() => ingest.answers.length === 3)
    const before = readings()
    await eventually(() => readings() > before + 5)
    await ingest.publish('wt/v1/wh1/edge1/sensor/probe-1/cmd/explode', { commandId: 'c-3' })
    await ingest.publish('wt/v1/wh1/edge1/agent/self/cmd/ping', { commandId: 'c-4' })
    await eventually(() => ingest.answers.length === 5)
    expect(ingest.answers).toMatchObject([
      { commandId: 'c-1', ok: true },
      { commandId: 'c-2', ok: true },
      { commandId: 'c-0', ok: true },
      { commandId: 'c-3', ok: false, error: { code: 'NOT_FOUND' } },
      { commandId: 'c-4', ok: true, result: { state: 'ok' } },
    ])
    const last = ingest.ofType('waytrace.object.v1').at(-1)
    expect(JSON.stringify(last?.data)).toContain('"exception":"ALARM_CONDITION"')
    await agent.stop()
    await started(url, { devices: [probe] }, dataDir)
    await eventually(() => ingest.statuses.get(status)?.config === 7 && ingest.statuses.get(status)?.state === 'ready')
    expect(ingest.invalid).toEqual([])
  })

  it('reads a logger file line by line once, over a restart and when the file is replaced', async () => {
    const { ingest, url } = await centre()
    const path = join(tempDir('logger'), 'log.txt')
    writeFileSync(path, 'A-1\nA-2\nhalf')
    const reader = { ...scanner, link: { type: 'file', path, intervalMs: 20 } }
    const parts = { devices: [reader], stations: [{ ...packing, operator: { required: false } }] }
    const dataDir = tempDir('agent')
    const { agent } = await started(url, parts, dataDir)
    const lines = () =>
      ingest
        .ofType('waytrace.object.v1')
        .map(({ data }) => (data as { 'wt:scan'?: { 'wt:raw': string } })['wt:scan']?.['wt:raw'])
    await eventually(() => lines().length === 2)
    appendFileSync(path, '-line\nA-3\n')
    await eventually(() => lines().length === 4)
    await agent.stop()
    appendFileSync(path, 'A-4\n')
    await started(url, parts, dataDir)
    await eventually(() => lines().length === 5)
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'B-1\n')
    await eventually(() => lines().length === 6)
    expect(lines()).toEqual(['A-1', 'A-2', 'half-line', 'A-3', 'A-4', 'B-1'])
  })
})
