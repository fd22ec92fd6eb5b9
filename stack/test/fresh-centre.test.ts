import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, checkAgentConfig } from '@waytrace/edge-agent'
import { gs1Uri } from '@waytrace/standard'
import { decodeLogRecord } from '@waytrace/standard/journal'
import { eventually, tempDir } from '@waytrace/standard/testing'
import { afterEach, expect, it } from 'vitest'
import { edgeAgent, type Site, site } from './support/site.ts'

const AGENT = gs1Uri('8004', '9521234AGT0007')
const PROBE = gs1Uri('8004', '9521234PRB1')
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
  const devices = { 'probe-1': { urn: PROBE, kind: 'sensor' } }
  const who = { site: 'wh1', agent: 'edge1', kind: 'agent', sourceUrn: AGENT, devices } as const
  await started.folder.knowledge.identities.enrol({ ...who, password: PASSWORD })
  return started
}

/** The agent, whose probe makes an event every ten milliseconds. */
async function agentOf({ brokerUrl }: Site, dataDir: string): Promise<Agent> {
  const path = join(tempDir('wire'), 'w1_slave')
  writeFileSync(path, '72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n')
  const link = { type: 'file', path, mode: 'whole', always: true, intervalMs: 10 }
  const agent = await edgeAgent(
    checkAgentConfig({
      agent: { site: 'wh1', agent: 'edge1', source: AGENT, gln: '9521234000006' },
      uplink: { url: brokerUrl, password: PASSWORD, backoffMinMs: 20, backoffMaxMs: 200, ackTimeoutMs: 1000 },
      spool: { reserveBytes: 0 },
      devices: [{ slug: 'probe-1', urn: PROBE, kind: 'sensor', link, driver: 'ds18b20' }],
    }),
    dataDir,
  )
  stops.push(() => agent.stop())
  return agent
}

const marked = (agent: Agent, atLeast: number) => eventually(() => agent.stats().spool.mark >= atLeast, LONG)

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

it('a new centre hears from an old spool what it will never get, and the mark goes on', async () => {
  const dataDir = tempDir('agent')
  const old = await centre(tempDir('old-centre'))
  const before = await agentOf(old, dataDir)
  await marked(before, 50)
  await before.stop()

  const fresh = await centre(tempDir('new-centre'))
  const agent = await agentOf(fresh, dataDir)
  const { mark } = agent.stats().spool
  expect(mark).toBeGreaterThanOrEqual(50)
  await marked(agent, mark + 100)
  const { events, declared, reasons } = told(fresh)
  expect([...reasons]).toEqual(['spool-lost'])
  const { mark: now } = agent.stats().spool
  const missing = Array.from({ length: now }, (_, i) => i + 1).filter((n) => !events.has(n) && !declared.has(n))
  expect(missing).toEqual([])
  expect(agent.stats().deadLettered).toBe(0)
  expect(fresh.folder.knowledge.deadLetters.count()).toBe(0)
}, 90_000)

it('a centre restored from a backup gets again what the spool still holds, and every number is accounted for', async () => {
  const dataDir = tempDir('agent')
  const data = tempDir('centre')
  const backup = join(tempDir('backup'), 'data')
  const first = await centre(data)
  const before = await agentOf(first, dataDir)
  await marked(before, 30)
  await before.stop()
  await first.stop()
  cpSync(data, backup, { recursive: true })
  const second = await centre(data)
  const later = await agentOf(second, dataDir)
  await marked(later, 130)
  await later.stop()
  await second.stop()

  const restored = await centre(backup)
  const agent = await agentOf(restored, dataDir)
  const { mark } = agent.stats().spool
  await marked(agent, mark + 50)
  const { events, declared } = told(restored)
  const missing = Array.from({ length: mark + 50 }, (_, i) => i + 1).filter((n) => !events.has(n) && !declared.has(n))
  expect(missing).toEqual([])
  expect(agent.stats().deadLettered).toBe(0)
}, 90_000)
