import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, checkAgentConfig } from '@waytrace/edge-agent'
import { gs1Uri } from '@waytrace/standard'
import { decodeLogRecord } from '@waytrace/standard/journal'
import { eventually, tempDir } from '@waytrace/standard/testing'
import { afterEach, expect, it } from 'vitest'
import { edgeAgent, type Site, site } from './support/site.ts'
import { told } from './support/waytrace.ts'

const AGENT = gs1Uri('8004', '9521234AGT0007')
const PROBE = gs1Uri('8004', '9521234PRB1')
const COMMANDS = `/api/devices/${encodeURIComponent(PROBE)}/commands`
const CONFIG = `/api/devices/${encodeURIComponent(PROBE)}/config`
const LONG = { timeoutMs: 30_000 }

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** A site with one agent, whose only device is read fifty times a second and reports what changed: nothing. */
async function probeSite() {
  const path = join(tempDir('wire'), 'w1_slave')
  writeFileSync(path, '72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n')
  const data = tempDir('way-down')
  const dataDir = tempDir('agent')
  let running = await site({}, data)
  let agent: Agent | undefined
  stops.push(
    () => running.stop(),
    async () => agent?.stop(),
  )
  const { password } = await running.folder.knowledge.identities.enrol({
    site: 'wh1',
    agent: 'edge1',
    kind: 'agent',
    sourceUrn: AGENT,
    devices: { 'probe-1': { urn: PROBE, kind: 'sensor' } },
  })
  const agentConfig = () =>
    checkAgentConfig({
      agent: { site: 'wh1', agent: 'edge1', source: AGENT, gln: '9521234000006' },
      uplink: { url: running.brokerUrl, password, backoffMinMs: 20, backoffMaxMs: 200 },
      spool: { reserveBytes: 0 },
      devices: [
        {
          slug: 'probe-1',
          urn: PROBE,
          kind: 'sensor',
          link: { type: 'file', path, mode: 'whole', always: true, intervalMs: 20 },
          driver: 'ds18b20',
          place: 'https://id.gs1.org/414/9521234000013/254/COLD01',
          report: { maxIntervalMs: 3_600_000 },
        },
      ],
    })
  return {
    data,
    http: ((...request) => running.http(...request)) as Site['http'],
    events: () => running.folder.acceptedLog.read(1, 100_000).map(({ bytes }) => decodeLogRecord(bytes).event),
    knowledge: () => running.folder.knowledge,
    async rebuild() {
      const { knowledge, events } = running.folder
      await knowledge.rebuild()
      await knowledge.projection.apply((await events.events({ limit: 100_000 })).items)
    },
    async startAgent() {
      agent = await edgeAgent(agentConfig(), dataDir)
    },
    async stopAgent() {
      await agent?.stop()
      agent = undefined
    },
    async restartCentre() {
      await running.stop()
      running = await site({}, data)
    },
    async command(body: object) {
      const { commandId } = await running.http('POST', COMMANDS, body)
      return () =>
        eventually(async () => {
          const { items } = (await running.http('GET', COMMANDS)) as { items: Record<string, unknown>[] }
          const found = items.find((one) => one.commandId === commandId)
          return found !== undefined && found.state !== 'sent' ? found : false
        }, LONG)
    },
  }
}

const readings = (events: { type: string }[]) => events.filter(({ type }) => type === 'waytrace.object.v1').length

it('a command goes from HTTP to the device and its answer comes back, also when the agent or the centre was away', async () => {
  const place = await probeSite()
  await place.startAgent()
  const ping = await place.command({ verb: 'ping' })
  expect(await ping()).toMatchObject({
    verb: 'ping',
    state: 'answered',
    by: 'test',
    answer: { ok: true, result: { device: PROBE } },
  })
  await eventually(() => readings(place.events()) === 1)

  const faster = await place.command({ verb: 'set-interval', payload: { maxIntervalMs: 1 } })
  expect(await faster()).toMatchObject({ state: 'answered', answer: { ok: true } })
  await eventually(() => readings(place.events()) > 5)

  const nonsense = await place.command({ verb: 'explode' })
  expect(await nonsense()).toMatchObject({ state: 'answered', answer: { ok: false, error: { code: 'NOT_FOUND' } } })

  await place.stopAgent()
  const waiting = await place.command({ verb: 'ping' })
  await eventually(() => JSON.stringify(place.events()).split('"verb":"ping"').length >= 4)
  await place.restartCentre()
  await place.startAgent()
  expect(await waiting()).toMatchObject({ state: 'answered', answer: { ok: true } })

  const command = ['command', PROBE, '--data', place.data, '--json']
  const byHand = await told([...command, 'set-interval', '--payload', '{"maxIntervalMs":3600000}', '--wait', '30'])
  expect(JSON.parse(byHand)).toMatchObject({
    state: 'answered',
    answer: { result: { report: { maxIntervalMs: 3_600_000 } } },
  })
  await expect(told([...command, 'set-interval', '--payload', '{'])).rejects.toThrow(/INPUT_INVALID.*--payload/)
  await expect(told(['command', 'urn:nobody', 'ping', '--data', place.data])).rejects.toThrow(/NOT_FOUND/)

  const audited = place.events().filter(({ type }) => type === 'waytrace.audit.v1')
  expect(JSON.stringify(audited)).toContain('"device.command"')
}, 180_000)

it('a command that has expired is not delivered, and its state says so', async () => {
  const place = await probeSite()
  const late = await place.command({ verb: 'set-interval', payload: { maxIntervalMs: 1 }, expiresInSeconds: 1 })
  const ended = await late()
  expect(ended).toMatchObject({ state: 'expired' })
  expect(ended).not.toHaveProperty('answer')
  await place.startAgent()
  const ping = await place.command({ verb: 'ping' })
  expect(await ping()).toMatchObject({ state: 'answered' })
  const answers = place.events().filter(({ type, data }) => type === 'waytrace.command.v1' && 'answer' in data)
  expect(answers.length).toBe(1)
}, 180_000)

it('settings reach the device, are applied once, come again after both were away, and survive a rebuild', async () => {
  const place = await probeSite()
  expect(await place.http('GET', CONFIG)).toEqual({ device: PROBE, version: 0, settings: {} })
  await place.startAgent()
  await eventually(() => readings(place.events()) === 1, LONG)
  const settings = { report: { maxIntervalMs: 1 }, limits: [{ kind: 'temperature', max: 8 }] }
  expect(await place.http('PUT', CONFIG, settings)).toEqual({ device: PROBE, version: 1 })
  await eventually(() => readings(place.events()) > 5, LONG)
  await eventually(async () => {
    expect(await place.http('GET', CONFIG)).toMatchObject({
      version: 1,
      settings,
      by: 'test',
      acknowledged: { version: 1 },
    })
  }, LONG)
  expect(JSON.stringify(place.events().at(-1))).toContain('ALARM_CONDITION')

  await place.stopAgent()
  await place.http('PUT', CONFIG, { limits: [{ kind: 'temperature', max: 30 }] })
  await eventually(() => place.knowledge().control.settings(PROBE)?.version === 2)
  await place.restartCentre()
  await place.rebuild()
  const restored = place.knowledge().control
  expect(restored.settings(PROBE)).toMatchObject({ version: 2, acknowledged: { version: 1 } })
  await place.startAgent()
  await eventually(() => restored.settings(PROBE)?.acknowledged?.version === 2, LONG)
}, 180_000)

it('settings and commands of the wrong form, or for a device nobody has, are refused with the place', async () => {
  const { http } = await probeSite()
  await expect(http('PUT', CONFIG, { report: { maxInterval: 1 } })).rejects.toThrow(/400.*report/s)
  await expect(http('PUT', CONFIG, { limits: [{ kind: 'mood', max: 1 }] })).rejects.toThrow(/400.*limits\.0\.kind/s)
  await expect(http('POST', COMMANDS, { verb: 'a/b' })).rejects.toThrow(/400.*verb/s)
  const payload = { text: 'x'.repeat(70_000) }
  await expect(http('POST', COMMANDS, { verb: 'codec12', payload })).rejects.toThrow(/400.*payload/s)
  await expect(http('POST', '/api/devices/nobody/commands', { verb: 'ping' })).rejects.toThrow(/404/)
  const own = `/api/devices/${encodeURIComponent(AGENT)}/config`
  await expect(http('PUT', own, {})).rejects.toThrow(/400/)
})
