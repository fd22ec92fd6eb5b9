import { eventId } from '@waytrace/standard'
import { decodeLogRecord, encodeLogRecord } from '@waytrace/standard/journal'
import { eventually, fakeClock } from '@waytrace/standard/testing'
import { afterEach, expect, test } from 'vitest'
import type { Command } from '../src/index.ts'
import { ENROLMENT, event, SCAN_TOPIC, SCANNER, SOURCE, sequence, settled, type World, world } from './harness.ts'

const worlds: World[] = []
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close()
})

function fresh(path?: string, sizes?: { log?: number }): World {
  const made = world(path, sizes)
  worlds.push(made)
  return made
}

const STATUS = 'wt/v1/wh1/edge1/agent/self/status'
const birth = (bootid: string, seq = 1) => ({
  state: 'ready',
  bootid,
  seq,
  time: '2026-01-15T08:00:00Z',
  fw: '1.0',
  devices: [],
})

test('a birth becomes a health fact of the agent, and its mark, config and commands go out again', async () => {
  const made = fresh()
  const ingest = made.ingest()
  await ingest.start()
  await made.send(STATUS, birth('boot-1'))
  await settled(ingest)
  expect(made.logged()).toMatchObject([
    {
      site: 'wh1',
      agent: 'edge1',
      event: {
        type: 'waytrace.health.v1',
        source: SOURCE,
        deviceid: SOURCE,
        time: '2026-01-15T08:00:00Z',
        sequence: sequence(1),
        data: { state: 'ok', presence: 'ready', bootid: 'boot-1', fw: '1.0', devices: [] },
      },
    },
  ])
  expect(made.born).toEqual(['wh1/edge1'])
})

test('a will of the present boot makes the agent lost; one of an earlier boot, or a retained copy, does not', async () => {
  const made = fresh()
  const ingest = made.ingest()
  await ingest.start()
  await made.send(STATUS, birth('boot-1'))
  await made.send(STATUS, birth('boot-1'))
  await made.send(STATUS, birth('boot-2'))
  await made.send(STATUS, { state: 'lost', bootid: 'boot-1' })
  await made.send(STATUS, { state: 'lost', bootid: 'boot-2' })
  await made.send(STATUS, { state: 'lost', bootid: 'boot-2' })
  await made.send(STATUS, birth('boot-2'))
  await settled(ingest)
  const said = made.logged().map(({ event }) => event.data as Record<string, unknown>)
  expect(said.map(({ presence, bootid, state }) => [presence, bootid, state])).toEqual([
    ['ready', 'boot-1', 'ok'],
    ['ready', 'boot-2', 'ok'],
    ['lost', 'boot-2', 'degraded'],
    ['ready', 'boot-2', 'ok'],
  ])
})

test('a device state names the device, and one that is not enrolled is refused', async () => {
  const made = fresh()
  const ingest = made.ingest()
  await ingest.start()
  await made.send('wt/v1/wh1/edge1/scanner/scn1/status', {
    state: 'alert',
    time: '2026-01-15T08:00:00Z',
    reason: 'unplugged',
  })
  await made.send('wt/v1/wh1/edge1/scanner/scn9/status', { state: 'ready' })
  await made.send('wt/v1/wh1/edge1/scanner/scn1/status', { state: 'splendid' })
  await made.send('wt/v1/wh1/edge1/scanner/scn1/status', '')
  await settled(ingest)
  expect(made.logged()).toMatchObject([
    { event: { deviceid: SCANNER, data: { state: 'degraded', presence: 'alert', reason: 'unplugged' } } },
  ])
  expect(made.deadLetters.codes()).toEqual(['IDENTITY_MISMATCH', 'EVENT_INVALID'])
})

test('a gap fact passes the range it declares', async () => {
  const made = fresh()
  const ingest = made.ingest()
  await ingest.start()
  await made.send(SCAN_TOPIC, event(1))
  const gap = {
    ...event(10),
    type: 'waytrace.gap.v1',
    deviceid: SOURCE,
    data: { reason: 'spool-full', spool: 'spool-a', fromSequence: sequence(2), toSequence: sequence(9), count: 8 },
  }
  await made.send('wt/v1/wh1/edge1/agent/self/evt/health', gap)
  await settled(ingest)
  expect(made.marks.at(-1)?.sequence).toBe(sequence(10))
})

test('an agent cannot state conclusions of the centre, and the centre cannot speak for an agent', async () => {
  const made = fresh()
  const ingest = made.ingest()
  await ingest.start()
  const approval = {
    ...event(1),
    type: 'waytrace.approval.v1',
    data: { approvalId: 'a1', subject: 'x', state: 'approved' },
  }
  await made.send('wt/v1/wh1/edge1/agent/self/evt/health', { ...approval, deviceid: SOURCE })
  const centre = { kind: 'centre' as const, name: 'http' }
  await made.send('centre/http', event(2), centre)
  await made.send('centre/http', [event(3, { source: 'urn:waytrace:test:http' })], centre)
  await settled(ingest)
  expect(made.deadLetters.codes()).toEqual(['IDENTITY_MISMATCH', 'IDENTITY_MISMATCH'])
  expect(made.logged()).toMatchObject([{ site: 'centre', agent: 'http', event: { sequence: sequence(3) } }])
})

test('a device that was enrolled a moment ago is not refused because of a cache', async () => {
  const made = fresh()
  const ingest = made.ingest({ identitySeconds: 3600 })
  await ingest.start()
  await made.send(SCAN_TOPIC, event(1))
  await settled(ingest)
  const urn = 'urn:epc:id:giai:9521234.new1'
  made.enrolments[0] = { ...ENROLMENT, devices: { ...ENROLMENT.devices, new1: { urn, kind: 'scanner' } } }
  const data = { action: 'OBSERVE', epcList: ['https://id.gs1.org/00/095212340000000013'], 'wt:deviceID': urn } as never
  await made.send('wt/v1/wh1/edge1/scanner/new1/evt/scan', event(2, { deviceid: urn, data }))
  await settled(ingest)
  expect(made.deadLetters.codes()).toEqual([])
  expect(made.logged().length).toBe(2)
})

test('events with impossible times are taken and counted, never dropped', async () => {
  const made = fresh()
  const ingest = made.ingest()
  await ingest.start()
  await made.send(SCAN_TOPIC, event(1, { time: '1970-01-01T00:00:07Z' }))
  await made.send(SCAN_TOPIC, event(2, { time: '2099-01-01T00:00:00Z' }))
  await settled(ingest)
  expect(ingest.stats()).toMatchObject({ accepted: 2, oddTimes: 2 })
})

test('a full log makes ingest wait, degrades its health, and an alarm says so', async () => {
  const made = fresh(undefined, { log: 60_000 })
  const clock = fakeClock()
  const held = await made.log.cursor('slow', { required: true })
  const ingest = made.ingest({ batchMessages: 1 }, { clock, stores: {} })
  await ingest.start()
  for (let n = 1; n <= 100; n++) await made.send(SCAN_TOPIC, event(n))
  await eventually(() => made.log.stats().full !== undefined)
  await clock.advance(1000)
  expect(ingest.stats().state).toBe('degraded')
  expect(ingest.stats().reasons.join()).toContain('full')
  // The slow consumer catches up, again and again, until everything is through.
  const seen: { type: string; data: Record<string, unknown> }[] = []
  const catchUp = async () => {
    for (const { position, bytes } of held.read(1000)) {
      seen.push(decodeLogRecord(bytes).event as never)
      await held.commit(position)
    }
    await made.log.trim()
  }
  await eventually(async () => {
    await catchUp()
    return ingest.stats().rawBehind === 0
  })
  await clock.advance(1000)
  await eventually(() => ingest.stats().state === 'ok')
  await eventually(async () => {
    await catchUp()
    return seen.length >= 102
  })
  expect(seen.filter(({ type }) => type === 'waytrace.object.v1').length).toBe(100)
  const alarms = seen.filter(({ type }) => type === 'waytrace.alarm.v1').map(({ data }) => [data.kind, data.state])
  expect(alarms).toEqual([
    ['log-full', 'raised'],
    ['log-full', 'cleared'],
  ])
})

test('a command waits until it is answered, is sent again at a birth and over a restart, and expires', async () => {
  const made = fresh()
  const sent: string[] = []
  const downlink = { mark() {}, born() {}, send: (command: Command) => void sent.push(command.commandId) }
  const clock = fakeClock()
  const command = (commandId: string) => ({
    ...event(1, { id: eventId(clock.now()), source: 'urn:waytrace:test:http' }),
    type: 'waytrace.command.v1',
    deviceid: undefined,
    data: { commandId, device: SCANNER, verb: 'reboot', state: 'sent', expiresAt: '2026-01-15T09:00:00Z' },
  })
  const append = (commandId: string) =>
    made.log.append(
      encodeLogRecord({ receivedAt: clock.now(), site: 'centre', agent: 'http', event: command(commandId) as never }),
    )
  const ingest = made.ingest({}, { clock, downlink, stores: {} })
  await ingest.start()
  await append('c1')
  await append('c2')
  await eventually(() => sent.length === 2)
  await made.send(STATUS, birth('boot-1'))
  await eventually(() => sent.length === 4)
  await made.send('wt/v1/wh1/edge1/scanner/scn1/res/reboot', { commandId: 'c1', ok: true })
  await eventually(() =>
    made.logged().some(({ event }) => event.type === 'waytrace.command.v1' && event.data.state === 'answered'),
  )
  // Another device cannot end what this one was asked.
  await made.send('wt/v1/wh1/edge1/sensor/tmp1/res/reboot', { commandId: 'c2', ok: true })
  await settled(ingest)
  await ingest.stop()
  sent.length = 0
  const again = made.ingest({}, { clock, downlink, stores: {} })
  await again.start()
  await eventually(() => sent.length > 0)
  expect(sent.filter((id) => id === 'c1')).toEqual([])
  await clock.advance(3_700_000)
  await eventually(() =>
    made.logged().some(({ event }) => event.type === 'waytrace.command.v1' && event.data.state === 'expired'),
  )
  const answered = made
    .logged()
    .find(({ event }) => event.type === 'waytrace.command.v1' && event.data.state === 'answered')
  expect(answered?.event).toMatchObject({
    source: SOURCE,
    deviceid: SCANNER,
    data: { commandId: 'c1', answer: { ok: true } },
  })
})

test('a status or an answer nested too deep is a dead letter, and what comes after it is taken', async () => {
  const made = fresh()
  const ingest = made.ingest()
  await ingest.start()
  const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`
  await made.send(STATUS, Buffer.from(`{"state":"ready","bootid":"boot-1","fw":${deep}}`))
  await made.send('wt/v1/wh1/edge1/scanner/scn1/res/reboot', Buffer.from(`{"commandId":"c-1","result":${deep}}`))
  const fine = event(1)
  await made.send(SCAN_TOPIC, fine)
  await settled(ingest)
  expect(made.logged().map(({ event }) => event.id)).toEqual([fine.id])
  expect(ingest.stats()).toMatchObject({ state: 'ok', accepted: 1, deadLettered: 2 })
})
