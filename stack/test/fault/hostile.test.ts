import { formatTopic, gs1Uri, type WaytraceEvent } from '@waytrace/standard'
import { eventually, objectEvent } from '@waytrace/standard/testing'
import { openKnowledge } from '@waytrace/store'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { describe, expect, it } from 'vitest'
import { folders } from '../../src/data-folder.ts'
import { type Random, seededRandom } from '../../src/demo/random.ts'
import { balanceOf, logEvents, printBalance } from '../support/balance.ts'
import { PATIENCE, scenes } from '../support/scene.ts'
import { told } from '../support/waytrace.ts'

const EVENTS = 5_000
const FUZZED = 10_000
const MALLORY = { site: 'other', agent: 'mallory' }
const SOURCE = gs1Uri('8004', '9521234MALLORY')
const SCANNER = gs1Uri('8004', '9521234SCNMALLORY')
const make = scenes()

describe('hostile senders beside an honest one', () => {
  it(`keep nobody from being stored: wrong passwords, foreign topics, 2 MB payloads, ${FUZZED} fuzzed payloads`, async () => {
    const place = await make.centre()
    const fleet = await make.fleet(place)
    const args = ['enroll', MALLORY.agent, '--site', MALLORY.site, '--source', SOURCE, '--data', place.data]
    const { username, password } = JSON.parse(await told([...args, '--device', `scn=scanner=${SCANNER}`, '--json']))
    const processes = await Promise.all([place.broker(), place.ingest(), make.agent(fleet)])
    const pids = processes.map(({ current }) => current.pid)
    const connect = (more: IClientOptions = {}) =>
      connectAsync(place.brokerUrl, { username, password, protocolVersion: 4, reconnectPeriod: 0, ...more })
    const mallory = make.ends(await connect(), (client) => client.endAsync(true))

    fleet.report(EVENTS)
    await expect(connect({ password: 'guessed' })).rejects.toThrow(/Not authorized/)
    await expect(connect({ username: fleet.username })).rejects.toThrow(/Not authorized/)
    // In another's name: on its topic, which goes nowhere, and under its source on an own topic, which is dead-lettered.
    const [victim] = fleet.devices
    const forged = (event: WaytraceEvent) => JSON.stringify({ ...event, source: forgedSource(fleet.site) })
    const foreign = formatTopic({ ...scanTopic, site: fleet.site, agent: fleet.agent })
    await mallory.publishAsync(foreign, forged(event(1, { deviceid: victim?.urn ?? '' })), { qos: 1 })
    await mallory.publishAsync(OWN, forged(event(2)), { qos: 1 })
    await tooLarge(await connect({ clientId: 'large' }))
    await fuzz(mallory, seededRandom(1))
    await mallory.publishAsync(OWN, JSON.stringify(event(3)), { qos: 1 })

    await fleet.reported()
    await fleet.forgotten()
    await place.drained()
    const balance = await balanceOf(fleet.trackers, place.data)
    const letters = await deadLetterCodes(place.data)
    const more = ` / dead letters ${JSON.stringify(letters)}`
    printBalance(`${FUZZED} fuzzed payloads and forgeries beside an honest agent`, balance, more)
    expect(balance).toMatchObject({ accepted: fleet.wanted, stored: fleet.wanted, lost: 0, doubled: 0 })
    expect(letters.IDENTITY_MISMATCH).toBeGreaterThanOrEqual(1)
    // Of its own, mallory got through what is valid: the last one for certain, nothing in another's name.
    const got: WaytraceEvent[] = []
    for await (const one of logEvents(place.data)) if (one.type === 'waytrace.object.v1') got.push(one)
    const foreigners = got.filter(
      ({ source, deviceid }) => source !== SOURCE && !fleet.devices.some(({ urn }) => urn === deviceid),
    )
    expect(foreigners).toEqual([])
    expect(got.some(({ id }) => id === event(3).id)).toBe(true)
    expect(got.some(({ id }) => id === event(1).id || id === event(2).id)).toBe(false)
    // Nobody was restarted, nobody died.
    expect(processes.map(({ current }) => current.pid)).toEqual(pids)
    for (const pid of pids) expect(process.kill(pid, 0)).toBe(true)
    await eventually(() => place.health('broker').state === 'ok' && place.health('ingest').state === 'ok', PATIENCE)
  }, 300_000)
})

const scanTopic = { what: 'event', ...MALLORY, kind: 'scanner', device: 'scn', stream: 'scan' } as const
const OWN = formatTopic(scanTopic)

function forgedSource(site: string): string {
  return gs1Uri('8004', `9521234AGT${site}`)
}

/** The n-th event of mallory's spool, valid where it is not told otherwise. */
function event(n: number, more: { deviceid?: string } = {}): WaytraceEvent {
  const deviceid = more.deviceid ?? SCANNER
  const id = `urn:uuid:019b0000-0000-7000-8000-${String(n).padStart(12, '0')}`
  const numbers = { sequence: String(n).padStart(20, '0'), spool: 'mallory' }
  return objectEvent({ id, source: SOURCE, deviceid, ...numbers })
}

async function tooLarge(client: MqttClient): Promise<void> {
  client.on('error', () => {})
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  client.publish(OWN, Buffer.alloc(2 * 1024 * 1024, 0x61), { qos: 1 }, () => {})
  await closed
  await client.endAsync(true)
}

/** Bytes of every kind on every topic of its own: noise, broken UTF-8 and JSON, flipped bits and cut ends of real events. */
async function fuzz(client: MqttClient, random: Random): Promise<void> {
  const topics = [
    OWN,
    formatTopic({ what: 'batch', ...MALLORY }),
    formatTopic({ what: 'status', ...MALLORY, kind: 'scanner', device: 'scn' }),
    formatTopic({ what: 'status', ...MALLORY, kind: 'agent', device: 'self' }),
    formatTopic({ ...scanTopic, device: 'nobody' }),
  ]
  const whole = (n: number) => Buffer.from(JSON.stringify(random.unit() < 0.5 ? event(100 + n) : [event(100 + n)]))
  const number = (below: number) => Math.floor(random.unit() * below)
  const mutations: ((bytes: Buffer) => Buffer)[] = [
    (bytes) => bytes.subarray(0, number(bytes.length)),
    (bytes) => {
      bytes[number(bytes.length)] = number(256)
      return bytes
    },
    (bytes) => Buffer.from(bytes.toString().replace(/"[^"]*":/, () => `"${number(1e9)}":`)),
    (bytes) => Buffer.from(bytes.toString().replaceAll(/"(time|id|type|data|sequence)":/g, '"$1":[],"$1":')),
    (bytes) => Buffer.concat([bytes, bytes]),
    () => Buffer.from(Array.from({ length: number(200) }, () => number(256))),
    () => Buffer.from('['.repeat(1 + number(5000))),
    () => Buffer.from('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}'),
  ]
  for (let sent = 0; sent < FUZZED; ) {
    const turn = Array.from({ length: 100 }, () => {
      const payload = random.pick(mutations)(whole(sent++))
      return client.publishAsync(random.pick(topics), payload, { qos: 1 })
    })
    await Promise.all(turn)
  }
}

async function deadLetterCodes(data: string): Promise<Record<string, number>> {
  const knowledge = await openKnowledge(folders(data).store)
  try {
    const codes: Record<string, number> = {}
    let after: string | undefined
    do {
      const page = knowledge.deadLetters.list({ limit: 500, ...(after === undefined ? {} : { after }) })
      for (const { code } of page.items) codes[code] = (codes[code] ?? 0) + 1
      after = page.next
    } while (after !== undefined)
    return codes
  } finally {
    await knowledge.close()
  }
}
