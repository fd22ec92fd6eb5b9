import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventId, type WaytraceEvent } from '@waytrace/standard'
import { decodeLogRecord, encodeRawRecord } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { exampleOrder, exampleSscc, objectEvent, readingEvent, tempDir } from '@waytrace/standard/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { type DataFolder, openDataFolder } from '../src/data-folder.ts'
import { settings } from '../src/settings.ts'
import { AGENT, SCANNER, SOURCE } from './agent.ts'
import { type Outcome, run, waytrace } from './cli.ts'
import { settle } from './ingest-process.ts'

const cwd = tempDir('commands')

function file(name: string, ...lines: string[]): string {
  const path = join(cwd, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** Looks at a data folder and closes it again: other processes work on it. */
async function look<T>(data: string, at: (folder: DataFolder) => T | Promise<T>): Promise<T> {
  const folder = await openDataFolder(settings({ data }), systemClock())
  try {
    return await at(folder)
  } finally {
    await folder.close()
  }
}

const logged = (data: string) =>
  look(data, ({ acceptedLog }) =>
    acceptedLog.read(1, Number.MAX_SAFE_INTEGER).map(({ bytes }) => decodeLogRecord(bytes).event),
  )

function expectRefused({ code, stdout, stderr }: Outcome, error: string, ...texts: string[]): void {
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(new RegExp(`^${error}: `))
  for (const text of texts) expect(stderr).toContain(text)
  expect(stderr).not.toContain('    at ')
}

const ENROLL = ['enroll', AGENT.agent, '--site', AGENT.site, '--source', SOURCE, '--device', `scn1=scanner=${SCANNER}`]

describe('waytrace enroll', () => {
  const data = join(cwd, 'enroll')
  const enroll = (...more: string[]) => run(...ENROLL, '--data', data, ...more)
  const accepts = (password: string) =>
    look(data, async ({ knowledge }) => (await knowledge.identities.authenticate('wh1/edge1', password)) !== undefined)
  let password = ''

  it('prints the password once, and it is the one that counts', async () => {
    const first = await enroll('--json')
    expect(first.code).toBe(0)
    const shown = JSON.parse(first.stdout)
    expect(shown).toMatchObject({ username: 'wh1/edge1', prefix: 'wt/v1/wh1/edge1/', sourceUrn: SOURCE })
    expect(shown.devices.scn1).toEqual({ urn: SCANNER, kind: 'scanner' })
    expect(first.stdout).not.toContain('scrypt')
    password = shown.password
    expect(await accepts(password)).toBe(true)
  })

  it('a second time keeps it to itself, and says how to make another', async () => {
    const again = await enroll()
    expect(again.code).toBe(0)
    expect(again.stdout).toContain('--new-password')
    expect(again.stdout).not.toContain(password)
    expect(JSON.parse((await enroll('--json')).stdout).password).toBeUndefined()
    const other = JSON.parse((await enroll('--json', '--new-password')).stdout).password
    expect([await accepts(password), await accepts(other)]).toEqual([false, true])
    password = other
  })

  it('takes a credential away', async () => {
    expect((await enroll('--revoke')).code).toBe(0)
    expect(await accepts(password)).toBe(false)
    expectRefused(await run('enroll', 'nobody', '--site', 'wh1', '--data', data, '--revoke'), 'NOT_FOUND', 'wh1/nobody')
  })

  it.each([
    ['a name that no topic can carry', ['enroll', 'Dock 1', '--site', 'wh1'], 'Dock 1'],
    ['a kind that there is not', ['enroll', 'dock-1', '--site', 'wh1', '--kind', 'robot'], 'robot'],
    ['a device without its URN', ['enroll', 'dock-1', '--site', 'wh1', '--device', 'a=b'], 'slug=kind=urn'],
    ['a configuration that is not there', ['enroll', 'a', '--site', 'b', '--agent-config', 'gone.yaml'], 'gone.yaml'],
  ])('refuses %s', async (_, args, text) => {
    const { code, stdout, stderr } = await run(...args, '--data', data)
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(text)
    expect(stderr).not.toContain('    at ')
  })
})

describe('waytrace import', () => {
  const data = join(cwd, 'import')
  const take = (what: string, csv: string) => run('import', what, csv, '--data', data)
  const rawEntries = () => (existsSync(data) ? look(data, ({ rawJournal }) => rawJournal.stats().last) : 0)

  it('takes orders and their labels in, and a second time changes nothing', async () => {
    const orders = file(
      'orders.csv',
      'order,placedAt,customer',
      'A-1,2026-01-15T08:00:00Z,retail',
      'A-2,2026-01-15T09:00:00+01:00,',
    )
    const labels = file('labels.csv', 'sscc,order,minC,maxC', `${sscc(1)},A-1,2,8`, `${sscc(2)},A-2,,`)
    for (const _ of [1, 2]) {
      expect((await take('orders', orders)).stdout).toContain('2 orders taken in')
      expect((await take('labels', labels)).stdout).toContain('2 labels taken in')
    }
    await look(data, (folder) => settle(data, folder))
    const events = await logged(data)
    expect(events.map(({ type }) => type).sort()).toEqual([
      'waytrace.object.v1',
      'waytrace.object.v1',
      'waytrace.transaction.v1',
      'waytrace.transaction.v1',
    ])
    const order = JSON.parse((await run('order', 'A-1', '--json', '--data', data)).stdout)
    expect(order.nodes.find(({ node }: { node: string }) => node === 'placed').at).toBe('2026-01-15T08:00:00Z')
    expectRefused(await run('order', 'A-9', '--data', data), 'NOT_FOUND', 'A-9')
  })

  it.each([
    ['orders', ['order,placedAt', 'B-1,2026-01-15T08:00:00Z', '', 'B-2,yesterday'], 'line 4, placedAt'],
    ['orders', ['order', 'B-1'], 'line 2, placedAt'],
    ['orders', ['order,placedAt,colour', 'B-1,2026-01-15T08:00:00Z,red'], 'line 2, colour'],
    ['orders', ['order,placedAt', 'B-1'], 'line 2'],
    ['labels', ['sscc,order', `${sscc(1)},B-1`, '123,B-2'], 'line 3, sscc'],
    ['labels', ['sscc,order,maxC', `${sscc(1)},B-1,warm`], 'line 2, maxC'],
    ['devices', ['site,agent,slug,kind,urn', 'wh1,edge1,p 1,probe,urn:a:b'], 'line 2, slug'],
  ])('of %s names line and column of what is wrong, and takes nothing in', async (what, lines, place) => {
    const before = await rawEntries()
    expectRefused(await take(what, file('bad.csv', ...lines)), 'INPUT_INVALID', place)
    expect(await rawEntries()).toBe(before)
  })

  it('refuses a file that is not there', async () => {
    expectRefused(await take('orders', join(cwd, 'gone.csv')), 'INPUT_INVALID', 'gone.csv')
  })

  it('adds devices to agents that are enrolled, all or none', async () => {
    const header = 'site,agent,slug,kind,urn'
    const good = `wh1,edge1,tmp1,probe,urn:epc:id:giai:9521234.tmp1`
    const devices = () =>
      look(data, ({ knowledge }) => Object.keys(knowledge.identities.find('wh1', 'edge1')?.devices ?? {}))
    expectRefused(await take('devices', file('devices.csv', header, good)), 'NOT_FOUND', 'line 2', 'wh1/edge1')
    await run(...ENROLL, '--data', data)
    const before = await devices()
    expectRefused(
      await take('devices', file('devices.csv', header, good, 'wh1,other,x,probe,urn:a:b')),
      'NOT_FOUND',
      'line 3',
    )
    expect(await devices()).toEqual(before)
    expect((await take('devices', file('devices.csv', header, good))).stdout).toContain('1 devices enrolled')
    expect(await devices()).toEqual([...before, 'tmp1'])
  })
})

describe('waytrace replay, dlq and epcis', () => {
  const data = join(cwd, 'events')
  const order = exampleOrder('E1')
  const event = (n: number): WaytraceEvent =>
    (n % 2 === 0 ? objectEvent : readingEvent)({
      id: eventId(Date.UTC(2026, 0, 15, 8) + n),
      time: new Date(Date.UTC(2026, 0, 15, 8) + n * 1000).toISOString(),
      source: SOURCE,
      deviceid: SCANNER,
      sequence: String(n).padStart(20, '0'),
      orderid: order,
      data: { epcList: [exampleSscc(1)] },
    })
  const events = Array.from({ length: 10 }, (_, i) => event(i + 1))
  const settled = () => look(data, (folder) => settle(data, folder))

  beforeAll(async () => {
    expect((await run(...ENROLL, '--data', data)).code).toBe(0)
  })

  it('replays recorded events, each stored once however often it is sent', async () => {
    const recorded = file('recorded.ndjson', ...events.map((one) => JSON.stringify(one)), '')
    for (const _ of [1, 2]) {
      const { code, stdout } = await run('replay', recorded, '--data', data)
      expect({ code, stdout }).toEqual({ code: 0, stdout: '10 events sent, 0 refused' })
    }
    await settled()
    expect((await logged(data)).map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort())
  })

  it('names the lines of a recording that it refuses, and sends the others', async () => {
    const stranger = { ...event(20), source: 'urn:epc:id:giai:9521234.stranger' }
    const lines = [
      '{',
      JSON.stringify(event(11)),
      JSON.stringify(stranger),
      JSON.stringify({ ...event(12), type: 'nonsense' }),
    ]
    const { code, stdout, stderr } = await run('replay', file('bad.ndjson', ...lines), '--data', data)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '1 events sent, 3 refused' })
    expect(stderr).toMatch(/line 1: EVENT_INVALID/)
    expect(stderr).toMatch(/line 3: IDENTITY_MISMATCH/)
    expect(stderr).toMatch(/line 4: EVENT_INVALID/)
    expectRefused(await run('replay', join(cwd, 'gone.ndjson'), '--data', data), 'INPUT_INVALID', 'gone.ndjson')
    expectRefused(await run('replay', 'x', '--speed', 'fast', '--data', data), 'INPUT_INVALID', '--speed')
  })

  it('lists a dead letter, shows its bytes, and takes it in after the enrolment was mended', async () => {
    const probe = 'urn:epc:id:giai:9521234.probe9'
    const late = event(13)
    const bytes = JSON.stringify({
      ...late,
      deviceid: probe,
      data: { ...late.data, sensorElementList: undefined, 'wt:deviceID': probe, bizStep: 'picking' },
    })
    await look(data, ({ rawJournal }) =>
      rawJournal.append(
        encodeRawRecord({
          receivedAt: systemClock().now(),
          origin: { kind: 'mqtt', name: 'wh1/edge1' },
          topic: 'wt/v1/wh1/edge1/probe/probe9/evt/scan',
          payload: Buffer.from(bytes),
        }),
      ),
    )
    await settled()
    const { items } = JSON.parse((await run('dlq', 'list', '--json', '--data', data)).stdout)
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ code: 'IDENTITY_MISMATCH', topic: 'wt/v1/wh1/edge1/probe/probe9/evt/scan' })
    expect((await run('dlq', 'list', '--data', data)).stdout).toContain(items[0].id)
    expect((await run('dlq', 'list', '--code', 'EVENT_INVALID', '--json', '--data', data)).stdout).toContain(
      '"items":[]',
    )
    const shown = JSON.parse((await run('dlq', 'show', items[0].id, '--data', data)).stdout)
    expect(Buffer.from(shown.base64, 'base64').toString()).toBe(bytes)

    expect((await run(...ENROLL, '--device', `probe9=probe=${probe}`, '--data', data)).code).toBe(0)
    expect((await run('dlq', 'replay', items[0].id, '--data', data)).stdout).toContain('1 sent through ingest again')
    await settled()
    expect((await logged(data)).map(({ id }) => id)).toContain(late.id)
    expect(JSON.parse((await run('dlq', 'list', '--json', '--data', data)).stdout).items[0].replayedAt).toBeGreaterThan(
      0,
    )
    expectRefused(await run('dlq', 'replay', '--all', '--data', data), 'INPUT_INVALID')
    expectRefused(await run('dlq', 'show', 'nothing', '--data', data), 'NOT_FOUND', 'nothing')
    expectRefused(await run('dlq', 'replay', 'nothing', '--data', data), 'NOT_FOUND', 'nothing')
  })

  it('exports an order as EPCIS, and imports it elsewhere with the same content', async () => {
    const exported = await run('epcis', 'export', '--order', 'ORD-E1', '--data', data)
    expect(exported.code).toBe(0)
    const document = JSON.parse(exported.stdout)
    expect(document).toMatchObject({ type: 'EPCISDocument', schemaVersion: '2.0' })
    const list = document.epcisBody.eventList
    expect(list.length).toBeGreaterThanOrEqual(11)
    const other = join(cwd, 'other')
    const path = file('document.jsonld', exported.stdout)
    const imported = await run('epcis', 'import', path, '--data', other)
    expect(imported.stdout).toBe(`${list.length} events taken in, 0 refused`)
    await look(other, (folder) => settle(other, folder))
    const again = JSON.parse((await run('epcis', 'export', '--all', '--data', other)).stdout).epcisBody.eventList
    expect(byId(again)).toEqual(byId(list))
    expect(JSON.parse((await run('order', 'ORD-E1', '--json', '--data', other)).stdout).order).toContain('ORD-E1')
    expectRefused(await run('epcis', 'export', '--order', 'nothing', '--data', data), 'NOT_FOUND')
    expectRefused(await run('epcis', 'export', '--data', data), 'INPUT_INVALID', '--order')
  })

  it('takes nothing of a document in when one event is bad, unless told to proceed', async () => {
    const document = JSON.parse((await run('epcis', 'export', '--order', 'ORD-E1', '--data', data)).stdout)
    document.epcisBody.eventList[1].action = 'NONSENSE'
    const count = document.epcisBody.eventList.length
    const path = file('half-bad.jsonld', JSON.stringify(document))
    const third = join(cwd, 'third')
    const refused = await run('epcis', 'import', path, '--data', third)
    expect(refused.code).toBe(1)
    expect(refused.stdout + refused.stderr).toContain('eventList.1')
    expect(await look(third, ({ rawJournal }) => rawJournal.stats().last)).toBe(0)
    const proceeded = await run('epcis', 'import', path, '--proceed', '--data', third)
    expect(proceeded.stdout).toContain(`${count - 1} events taken in, 1 refused`)
    expect(proceeded.code).toBe(1)
    expectRefused(
      await run('epcis', 'import', file('none.jsonld', '{'), '--data', third),
      'INPUT_INVALID',
      'none.jsonld',
    )
  })
})

describe('the configuration', () => {
  it('names every wrong path at once, and makes nothing', async () => {
    const folder = tempDir('config')
    writeFileSync(
      join(folder, 'waytrace.yaml'),
      'deployment: Not A Slug\nhttp:\n  port: 99999\n  colour: red\nmqtt:\n  limits:\n    clients: many\njurnal: {}\n',
    )
    const outcome = await waytrace(['dlq', 'list'], {
      cwd: folder,
      env: { WAYTRACE_LOG_LEVEL: 'loud', WAYTRACE_NONSENSE: '1' },
    })
    expectRefused(outcome, 'CONFIG_INVALID', '7 problems')
    for (const path of [
      'deployment',
      'http.port',
      'http.colour',
      'mqtt.limits.clients',
      'jurnal',
      'logLevel',
      'WAYTRACE_NONSENSE',
    ])
      expect(outcome.stderr).toMatch(new RegExp(`^  ${path.replaceAll('.', '\\.')}: `, 'm'))
    expect(readdirSync(folder)).toEqual(['waytrace.yaml'])
  })

  it('says that a file named on the command line is not there', async () => {
    expectRefused(await run('dlq', 'list', '--config', 'gone.yaml'), 'CONFIG_INVALID', 'gone.yaml')
  })
})

function sscc(n: number): string {
  return exampleSscc(n).split('/').at(-1) ?? ''
}

/** By event id, without what the capturing system adds. */
function byId(list: { eventID: string; recordTime?: string }[]) {
  return list.map(({ recordTime: _, ...event }) => event).sort((a, b) => (a.eventID < b.eventID ? -1 : 1))
}

describe('options that cannot be meant', () => {
  it('are refused by name, without a stack trace', async () => {
    const data = join(cwd, 'never')
    for (const speed of ['0', '-1', 'abc', ''])
      expectRefused(await run('up', '--speed', speed, '--data', data), 'INPUT_INVALID', '--speed')
    for (const seed of ['abc', '1.5', ''])
      expectRefused(await run('up', '--seed', seed, '--data', data), 'INPUT_INVALID', '--seed')
    const blocked = join(file('a-file', 'x'), 'data')
    const { code, stderr } = await run('up', '--data', blocked)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^CONFIG_INVALID: the data folder .*a-file/)
    expect(existsSync(data)).toBe(false)
  })

  it('a folder without data is told, and not made', async () => {
    const data = join(cwd, 'mistyped')
    const looks = [['order', 'SO-1'], ['dlq', 'list'], ['epcis', 'export', '--all'], ['rebuild']]
    for (const look of looks) expectRefused(await run(...look, '--data', data), 'NOT_FOUND', data)
    expect(existsSync(data)).toBe(false)
  })
})
