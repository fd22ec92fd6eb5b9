import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { eventId, type WaytraceEvent } from '@waytrace/standard'
import { encodeRawRecord, type Journal, openJournal } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { readingEvent, tempDir } from '@waytrace/standard/testing'
import { createIngest } from '../src/index.ts'

export interface BenchFigure {
  name: string
  value: number
  unit: string
  /** What it is compared with, measured in the same run. */
  floor?: number
  floorName?: string
}

const AGENTS = 100
const clock = systemClock()

/** Events accepted into the log per second, from a raw journal that is already full of them; no store attached. */
export async function benchIngest(events = 100_000): Promise<BenchFigure[]> {
  const floor = await journalAlone(events)
  const floorName = 'journal alone, entries of the same size'
  const batched = await accept(events, 50)
  const single = await accept(Math.floor(events / 2), 1)
  return [
    { name: 'ingest: accepted, batches of 50', value: batched, unit: 'events/s', floor, floorName },
    { name: 'ingest: accepted, one event per message', value: single, unit: 'events/s', floor, floorName },
  ]
}

async function accept(events: number, perMessage: number): Promise<number> {
  const path = tempDir('bench-ingest')
  const journal = open(join(path, 'journal'))
  const log = open(join(path, 'log'))
  await fill(journal, events, perMessage)
  const enrolments = Array.from({ length: AGENTS }, (_, n) => enrolment(n))
  const byName = new Map(enrolments.map((one) => [`${one.site}/${one.agent}`, one]))
  const ingest = createIngest(
    { statePath: join(path, 'dedupe') },
    {
      journal,
      log,
      knowledge: {
        identities: { find: (site, agent) => byName.get(`${site}/${agent}`), list: () => enrolments },
        deadLetters: { add: () => Promise.reject(new Error('the bench sends good events only')) },
      },
      stores: {},
      clock,
      logger: { info() {}, warn() {}, error() {} },
      downlink: { mark() {}, born() {}, send() {} },
    },
  )
  const begun = performance.now()
  await ingest.start()
  while (log.stats().last < events) await clock.sleep(5)
  const seconds = (performance.now() - begun) / 1000
  await ingest.stop()
  await journal.close()
  await log.close()
  rmSync(path, { recursive: true, force: true })
  return Math.round(events / seconds)
}

async function journalAlone(events: number): Promise<number> {
  const path = tempDir('bench-journal')
  const journal = open(path)
  const entry = Buffer.from(JSON.stringify(reading(0, 1)))
  const chunk = Array.from({ length: 5000 }, () => entry)
  const begun = performance.now()
  const appends: Promise<number>[] = []
  for (let done = 0; done < events; done += chunk.length) appends.push(journal.appendAll(chunk))
  await Promise.all(appends)
  const seconds = (performance.now() - begun) / 1000
  await journal.close()
  rmSync(path, { recursive: true, force: true })
  return Math.round(events / seconds)
}

async function fill(journal: Journal, events: number, perMessage: number): Promise<void> {
  const sequences = new Array<number>(AGENTS).fill(0)
  let appends: Promise<number>[] = []
  for (let sent = 0, message = 0; sent < events; sent += perMessage, message++) {
    const agent = message % AGENTS
    const batch: WaytraceEvent[] = []
    for (let i = 0; i < perMessage; i++) {
      sequences[agent] = (sequences[agent] ?? 0) + 1
      batch.push(reading(agent, sequences[agent]))
    }
    const address = `wh1/agent-${agent}`
    const topic = perMessage === 1 ? `wt/v1/${address}/sensor/tmp1/evt/reading` : `wt/v1/${address}/agent/self/batch`
    const payload = Buffer.from(JSON.stringify(perMessage === 1 ? batch[0] : batch))
    const origin = { kind: 'mqtt' as const, name: address }
    appends.push(journal.append(encodeRawRecord({ receivedAt: clock.now(), origin, topic, payload })))
    if (appends.length < 500) continue
    await Promise.all(appends)
    appends = []
  }
  await Promise.all(appends)
}

function enrolment(n: number) {
  const sourceUrn = `urn:epc:id:giai:9521234.agent-${n}`
  return {
    site: 'wh1',
    agent: `agent-${n}`,
    kind: 'agent' as const,
    sourceUrn,
    devices: { self: { urn: sourceUrn, kind: 'agent' }, tmp1: { urn: `${sourceUrn}-tmp1`, kind: 'sensor' } },
  }
}

function reading(agent: number, sequence: number): WaytraceEvent {
  const { sourceUrn, devices } = enrolment(agent)
  return readingEvent({
    id: eventId(clock.now()),
    source: sourceUrn,
    deviceid: devices.tmp1.urn,
    spool: `spool-${agent}`,
    sequence: String(sequence).padStart(20, '0'),
  })
}

function open(path: string): Journal {
  return openJournal({ path, maxBytes: 8e9, reserveBytes: 0, onFull: 'wait' })
}
