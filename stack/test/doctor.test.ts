import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createBroker } from '@waytrace/broker'
import { encodeLogRecord, encodeRawRecord } from '@waytrace/standard/journal'
import { createLog, systemClock } from '@waytrace/standard/process'
import { eventually, fakeClock, freePort, objectEvent, startProgram, tempDir } from '@waytrace/standard/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { openDataFolder } from '../src/data-folder.ts'
import { agents } from '../src/doctor/agents.ts'
import { clockSanity } from '../src/doctor/clock.ts'
import { dataFolder } from '../src/doctor/data-folder.ts'
import { deadLetters } from '../src/doctor/dead-letters.ts'
import { examine } from '../src/doctor/doctor.ts'
import { externalBroker } from '../src/doctor/external-broker.ts'
import type { Finding, Patient } from '../src/doctor/finding.ts'
import { influx } from '../src/doctor/influx.ts'
import { nodeVersion } from '../src/doctor/node-version.ts'
import { ports } from '../src/doctor/ports.ts'
import { queues } from '../src/doctor/queues.ts'
import { readableData } from '../src/doctor/readable-data.ts'
import { secrets } from '../src/doctor/secrets.ts'
import { serialPorts } from '../src/doctor/serial-ports.ts'
import { settings } from '../src/settings.ts'
import { AGENT, SCANNER, SOURCE } from './agent.ts'
import { waytrace } from './cli.ts'

const path = tempDir('doctor')
const ends: (() => unknown)[] = []
afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

const NOW = Date.UTC(2026, 0, 15, 9)

/** A patient with a data folder of its own; `running` as if a process had it open. */
async function patient(overrides: Record<string, unknown> = {}, { now = NOW, running = true } = {}) {
  const data = tempDir('patient')
  const config = settings({ data }, overrides)
  const clock = fakeClock(now)
  const folder = await openDataFolder(config, clock)
  const found = await readableData(config)
  if (found === undefined) throw new Error('the folder was just made')
  ends.push(async () => {
    await found.close()
    await folder.close()
  })
  return { folder, data, patient: { config, clock, data: { ...found, users: running ? [1] : [] } } satisfies Patient }
}

function states(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(findings.map(({ what, state }) => [what, state]))
}

describe('doctor', () => {
  it('on a machine without a data folder makes none, and says what comes next', async () => {
    const [http, mqtt] = [await freePort(), await freePort()]
    const env = { WAYTRACE_HTTP_PORT: String(http), WAYTRACE_MQTT_PORT: String(mqtt) }
    const { code, stdout } = await waytrace(['doctor', '--json', '--data', join(path, 'none')], { cwd: path, env })
    const { healthy, findings } = JSON.parse(stdout)
    expect(findings.filter(({ state }: Finding) => state === 'act')).toEqual([])
    expect({ code, healthy }).toEqual({ code: 0, healthy: true })
    expect((await waytrace(['doctor', '--data', join(path, 'none')], { cwd: path, env })).stdout).toContain(
      'Nothing needs',
    )
  })

  it('names every problem of the configuration at once', async () => {
    const file = join(path, 'wrong.yaml')
    writeFileSync(file, 'http: { port: 99999 }\nmqt: {}\njournal: { maxBytes: 1 }\n')
    const { code, stdout } = await waytrace(['doctor', '--config', file, '--json'], { cwd: path })
    expect(code).toBe(1)
    const found = JSON.parse(stdout)
      .findings.filter(({ what }: Finding) => what === 'configuration')
      .map(({ found }: Finding) => found.split(':')[0])
    expect(found.sort()).toEqual(['http.port', 'journal.maxBytes', 'mqt'])
  })

  it('goes on with the other checks when one fails', async () => {
    const data = join(path, 'damaged')
    await (await openDataFolder(settings({ data }), systemClock())).close()
    writeFileSync(join(data, 'log', 'data.mdb'), 'not a database')
    const findings = await examine(() => settings({ data }), systemClock())
    expect(findings.find(({ what }) => what === 'data folder')?.state).toBe('act')
    expect(findings.map(({ what }) => what)).toContain('clock')
  })
})

describe('the checks of the machine', () => {
  it('want Node.js 20.19 or newer', () => {
    expect(['20.18.3', '18.20.0', '20.19.0', '22.1.0'].map((version) => nodeVersion(version)[0]?.state)).toEqual([
      'act',
      'act',
      'ok',
      'ok',
    ])
  })

  it('compare free disk space with the reserve', async () => {
    const { patient: one } = await patient({ journal: { reserveBytes: 1000 } })
    const at = (free: number) => states(dataFolder(one, () => free)).disk
    expect([at(999), at(1999), at(2000)]).toEqual(['act', 'act', 'ok'])
  })

  it('see a clock that stands before what was stored, or in no sane year', async () => {
    const { folder, patient: one } = await patient()
    await folder.acceptedLog.append(encodeLogRecord({ receivedAt: NOW, ...AGENT, event: objectEvent() }))
    const at = (now: number) => clockSanity({ ...one, clock: fakeClock(now) })[0]?.state
    expect([at(NOW), at(NOW - 120_000), at(0)]).toEqual(['ok', 'act', 'act'])
  })

  it('list serial ports by the names that stay', () => {
    const folder = join(path, 'by-id')
    mkdirSync(folder)
    symlinkSync('/dev/null', join(folder, 'usb-scanner'))
    symlinkSync(join(path, 'gone'), join(folder, 'usb-gone'))
    expect(serialPorts(folder).map(({ found, state }) => [found.includes('usb-scanner'), state])).toEqual([
      [false, 'act'],
      [true, 'ok'],
    ])
    expect(serialPorts(join(path, 'nothing'))[0]?.state).toBe('note')
  })

  it('see secrets that others may read, or that are damaged', async () => {
    const { data, patient: one } = await patient()
    const file = join(data, 'secrets.json')
    expect(secrets(one)[0]?.state).toBe('ok')
    chmodSync(file, 0o644)
    expect(secrets(one)[0]).toMatchObject({ state: 'act', next: `chmod 600 ${file}` })
    chmodSync(file, 0o600)
    writeFileSync(file, '{}')
    expect(secrets(one)[0]?.state).toBe('act')
  })
})

describe('the check of the ports', () => {
  it('tells free ports, our own and those of strangers apart', async () => {
    const mqtt = await freePort()
    const http = await freePort()
    const { folder, patient: one } = await patient({ http: { port: http }, mqtt: { port: mqtt } })
    expect(states(await ports(one))).toEqual({ 'HTTP port': 'ok', 'MQTT port': 'ok' })
    const broker = createBroker(one.config.mqtt, {
      journal: folder.rawJournal,
      identities: folder.knowledge.identities,
      clock: systemClock(),
      log: createLog('test', { level: 'silent' }),
    })
    await broker.start()
    let answer = 'a stranger'
    const server = await listen(() => answer, http)
    expect(states(await ports(one))).toEqual({ 'HTTP port': 'act', 'MQTT port': 'ok' })
    answer = JSON.stringify({ state: 'ok' })
    expect(states(await ports(one))).toEqual({ 'HTTP port': 'ok', 'MQTT port': 'ok' })
    // Nobody has our folder open: whoever listens there is not us.
    expect(states(await ports({ ...one, data: { ...one.data, users: [] } }))['MQTT port']).toBe('act')
    await broker.stop()
    server.close()
  })
})

describe('the checks of what is kept', () => {
  it('name each consumer that does not keep up while we run', async () => {
    const { folder, patient: one } = await patient()
    const origin = { kind: 'centre', name: 'test' } as const
    for (const ago of [120_000, 1000])
      await folder.rawJournal.append(
        encodeRawRecord({ receivedAt: NOW - ago, origin, topic: 'centre/test', payload: Buffer.from('[]') }),
      )
    const cursor = await folder.rawJournal.cursor('ingest', { required: true })
    expect(queues(one).find(({ what }) => what === 'journal: ingest')).toMatchObject({
      state: 'act',
      found: '2 behind, the oldest for 2 min',
    })
    expect(states(queues({ ...one, data: { ...one.data, users: [] } }))['journal: ingest']).toBe('note')
    await cursor.commit(1)
    expect(states(queues(one))['journal: ingest']).toBe('ok')
  })

  it('see a full journal and what a killed backup holds', async () => {
    const { folder, patient: one } = await patient({ journal: { maxBytes: 1_048_576 } })
    await folder.rawJournal.appendAll(Array.from({ length: 10 }, () => Buffer.alloc(100_000)))
    await folder.acceptedLog.cursor('backup-99999999', { required: true })
    await folder.rawJournal.cursor(`backup-${process.pid}`, { required: true })
    expect(states(queues(one))).toMatchObject({ journal: 'act', 'log: backup': 'act', 'journal: backup': 'note' })
  })

  it('count the dead letters that wait, by code', async () => {
    const { folder, patient: one } = await patient()
    const letter = (id: string, code: string) => ({
      ...{ id, code, receivedAt: NOW, topic: 'wt/v1/a', origin: 'wh1/edge1', message: '', issues: [] },
      payload: Buffer.from('x'),
    })
    expect(deadLetters(one)[0]?.state).toBe('ok')
    for (const id of ['a', 'b']) await folder.knowledge.deadLetters.add(letter(id, 'EVENT_INVALID'))
    await folder.knowledge.deadLetters.add(letter('c', 'IDENTITY_MISMATCH'))
    await folder.knowledge.deadLetters.markReplayed('c', NOW)
    expect(deadLetters(one)[0]).toMatchObject({ state: 'act', found: '2 wait: 2 EVENT_INVALID' })
  })

  it('name agents that were silent for five minutes', async () => {
    const { folder, patient: one } = await patient()
    const { identities, projection } = folder.knowledge
    const devices = { scn1: { urn: SCANNER, kind: 'scanner' } }
    await identities.enrol({ ...AGENT, kind: 'agent', sourceUrn: SOURCE, devices })
    await identities.enrol({ site: 'wh1', agent: 'new', kind: 'agent', sourceUrn: `${SOURCE}b`, devices: {} })
    const event = objectEvent({ source: SOURCE, deviceid: SCANNER })
    await projection.apply([{ position: 1, receivedAt: NOW - 60_000, ...AGENT, event }])
    expect(states(agents(one))).toEqual({ agents: 'ok', 'agent wh1/new': 'note' })
    const late = { ...one, clock: fakeClock(NOW + 300_000) }
    expect(states(agents(late))).toEqual({ 'agent wh1/edge1': 'act', 'agent wh1/new': 'note' })
    expect(states(agents({ ...late, data: { ...one.data, users: [] } }))['agent wh1/edge1']).toBe('note')
  })
})

describe('the checks of other services', () => {
  it('name a certificate of the external broker that is not there', async () => {
    const broker = { url: 'mqtts://127.0.0.1:1', caFile: '/nowhere/ca.pem' }
    const [found] = await externalBroker(bare({ externalBroker: broker }))
    expect(JSON.stringify(found)).toContain('externalBroker.caFile: /nowhere/ca.pem cannot be read (ENOENT)')
  })

  it('sign in at the external broker', async () => {
    const port = await freePort()
    const at = (url: string) => externalBroker(bare({ externalBroker: { url, username: 'centre', password: 'wrong' } }))
    expect((await at(`mqtt://127.0.0.1:${port}`))[0]).toMatchObject({ state: 'act' })
    const folder = tempDir('mosquitto')
    writeFileSync(join(folder, 'users'), '')
    const config = (anonymous: boolean) =>
      `listener ${port} 127.0.0.1\nallow_anonymous ${anonymous}\npersistence false\nuser root\nlog_type all\nlog_dest stdout\n${
        anonymous ? '' : `password_file ${join(folder, 'users')}\n`
      }`
    for (const [anonymous, state] of [
      [false, 'act'],
      [true, 'ok'],
    ] as const) {
      writeFileSync(join(folder, 'mosquitto.conf'), config(anonymous))
      const broker = startProgram('/usr/sbin/mosquitto', { args: ['-c', join(folder, 'mosquitto.conf')] })
      ends.push(() => broker.kill())
      await eventually(() => answers(port))
      const [found] = await at(`mqtt://127.0.0.1:${port}`)
      expect(found, found?.found).toMatchObject({ state })
      await broker.kill()
    }
  })

  it.each([
    ['1.8.10', 'waytrace', { results: [{ series: [{ values: [['_internal'], ['waytrace']] }] }] }, 'ok'],
    ['1.8.10', 'other', { results: [{ series: [{ values: [['_internal'], ['waytrace']] }] }] }, 'note'],
    ['v2.7.1', 'waytrace', { buckets: [{ name: 'waytrace' }] }, 'ok'],
    ['v2.7.1', 'other', { buckets: [] }, 'act'],
    ['3.0.1', 'waytrace', [{ 'iox::database': 'waytrace' }], 'ok'],
  ])('find InfluxDB %s and its database %s', async (version, database, answer, state) => {
    const server = await listen((url) => (url === '/ping' ? '' : JSON.stringify(answer)), 0, {
      'x-influxdb-version': version,
    })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const findings = await influx(bare({ influx: { url: `http://127.0.0.1:${port}`, database } }))
    server.close()
    expect(states(findings)).toEqual({ InfluxDB: 'ok', 'InfluxDB database': state })
    expect(findings[0]?.found).toContain(version.replace('v', ''))
  })

  it('say that InfluxDB does not answer', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    expect((await influx(bare({ influx: { url } })))[0]).toMatchObject({
      state: 'act',
      found: `${url} does not answer`,
    })
  })
})

function bare(overrides: Record<string, unknown>): Patient {
  return { config: settings({ data: join(path, 'none') }, overrides), clock: fakeClock(NOW), data: undefined }
}

async function listen(
  answer: (url: string) => string,
  port: number,
  headers: Record<string, string> = {},
): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(200, headers).end(answer(request.url ?? ''))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })
}
