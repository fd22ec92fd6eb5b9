import { appendFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, checkAgentConfig } from '@waytrace/edge-agent'
import { gs1Uri } from '@waytrace/standard'
import { decodeLogRecord } from '@waytrace/standard/journal'
import { eventually, tempDir } from '@waytrace/standard/testing'
import { afterEach, expect, it } from 'vitest'
import { edgeAgent, type Site, site } from './support/site.ts'

const AGENT = gs1Uri('8004', '9521234AGT0007')
const SCANNER = gs1Uri('8004', '9521234SCN1')
const PASSWORD = 'a-password-of-this-test'
const LONG = { timeoutMs: 30_000 }

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** A centre that has enrolled the agent. */
async function centre(data: string): Promise<Site> {
  const started = await site({}, data)
  stops.push(() => started.stop())
  const devices = { s1: { urn: SCANNER, kind: 'scanner' } }
  const who = { site: 'wh1', agent: 'edge1', kind: 'agent', sourceUrn: AGENT, devices } as const
  await started.folder.knowledge.identities.enrol({ ...who, password: PASSWORD })
  return started
}

/** The agent: each line of its scanner's file is an event. */
async function agentOf({ brokerUrl }: Site, dataDir: string): Promise<{ agent: Agent; scan(count: number): void }> {
  const path = join(dataDir, 'scans.txt')
  appendFileSync(path, '')
  const agent = await edgeAgent(
    checkAgentConfig({
      agent: { site: 'wh1', agent: 'edge1', source: AGENT, gln: '9521234000006' },
      uplink: { url: brokerUrl, password: PASSWORD, backoffMinMs: 20, backoffMaxMs: 200, ackTimeoutMs: 1000 },
      spool: { reserveBytes: 0 },
      devices: [
        {
          slug: 's1',
          urn: SCANNER,
          kind: 'scanner',
          link: { type: 'file', path, intervalMs: 20 },
          driver: 'gs1',
          station: 'gate',
        },
      ],
      stations: [
        {
          id: 'gate',
          readPoint: 'https://id.gs1.org/414/9521234000013/254/DOCK07',
          operator: { required: false },
          duplicateWindowMs: 0,
        },
      ],
    }),
    dataDir,
  )
  stops.push(() => agent.stop())
  return { agent, scan: (count) => appendFileSync(path, 'A-1\n'.repeat(count)) }
}

/** Ingest is done with all that was scanned, at least so much. */
const drained = (agent: Agent, atLeast: number) =>
  eventually(() => agent.stats().spool.last >= atLeast && agent.stats().spool.depth === 0, LONG)

/** Which numbers of the spool the log has as events, and which it only has as declared gaps. */
function told({ folder }: Site) {
  const events = new Set<number>()
  const declared = new Set<number>()
  const reasons = new Set<string>()
  for (const { bytes } of folder.acceptedLog.read(1, 1_000_000)) {
    const { event, site } = decodeLogRecord(bytes)
    if (site === 'centre' || (event.type === 'waytrace.health.v1' && 'presence' in event.data)) continue
    events.add(Number(event.sequence))
    if (event.type !== 'waytrace.gap.v1') continue
    reasons.add(event.data.reason)
    for (let n = Number(event.data.fromSequence); n <= Number(event.data.toSequence); n++) declared.add(n)
  }
  return { events, declared, reasons }
}

/** Numbers the log neither has nor has declared as a gap. */
function unaccounted(centre: Site, last: number): number[] {
  const { events, declared } = told(centre)
  return Array.from({ length: last }, (_, i) => i + 1).filter((n) => !events.has(n) && !declared.has(n))
}

it('a new centre hears from an old spool what it will never get, and the mark goes on', async () => {
  const dataDir = tempDir('agent')
  const before = await agentOf(await centre(tempDir('old-centre')), dataDir)
  before.scan(50)
  await drained(before.agent, 50)
  await before.agent.stop()

  const fresh = await centre(tempDir('new-centre'))
  const { agent, scan } = await agentOf(fresh, dataDir)
  expect(agent.stats().spool).toMatchObject({ mark: 50, last: 50 })
  scan(20)
  await drained(agent, 71)
  const { events, declared, reasons } = told(fresh)
  expect([...reasons]).toEqual(['spool-lost'])
  expect([...declared]).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  expect(events.size).toBe(21)
  expect(unaccounted(fresh, 71)).toEqual([])
  expect(agent.stats().deadLettered).toBe(0)
  expect(fresh.folder.knowledge.deadLetters.count()).toBe(0)
}, 180_000)

it('a centre restored from a backup gets again what the spool still holds, and every number is accounted for', async () => {
  const dataDir = tempDir('agent')
  const data = tempDir('centre')
  const backup = join(tempDir('backup'), 'data')
  const first = await centre(data)
  const before = await agentOf(first, dataDir)
  before.scan(30)
  await drained(before.agent, 30)
  await before.agent.stop()
  await first.stop()
  cpSync(data, backup, { recursive: true })
  const second = await centre(data)
  const later = await agentOf(second, dataDir)
  later.scan(100)
  await drained(later.agent, 130)
  await later.agent.stop()
  await second.stop()

  const restored = await centre(backup)
  const { agent, scan } = await agentOf(restored, dataDir)
  scan(10)
  await drained(agent, 140)
  expect(unaccounted(restored, 140)).toEqual([])
  expect(agent.stats().deadLettered).toBe(0)
}, 180_000)
