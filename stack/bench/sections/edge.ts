import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { freePort, startProgram } from '@waytrace/standard/testing'
import { openKnowledge } from '@waytrace/store'
import { SOURCE, testConfig, urn } from '../../../edge-agent/test/support/agent-config.ts'
import { fillSpool } from '../../../edge-agent/test/support/filled-spool.ts'
import { folders } from '../../src/data-folder.ts'
import { MAIN, startCentre, whenDone } from '../centre.ts'
import type { Section } from '../context.ts'
import { watchCentre } from '../watch.ts'

const MIB = 1024 * 1024
const TIMEOUT_MS = 600_000

/** An agent that was offline for days: what it needs, and how soon the centre has everything. */
export const edge: Section = {
  name: 'edge',
  title: 'Edge agent with a full spool',
  async run({ work, quick, say }) {
    const events = quick ? 50_000 : 1_000_000
    const clock = systemClock()
    const [agentData, data] = [join(work, 'agent'), join(work, 'edge-centre')]
    mkdirSync(agentData)
    say(`filling the spool with ${events} readings`)
    const spoolId = await fillSpool(agentData, events)
    const password = await enrol(data)
    const mqttPort = await freePort()
    const config = testConfig(`mqtt://127.0.0.1:${mqttPort}`, { uplink: { password, ackTimeoutMs: 30_000 } })
    const file = join(work, 'agent.yaml')
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
    const agent = startProgram(process.execPath, {
      args: [MAIN, 'agent', '--config', file, '--data', agentData, '--log-level', 'error'],
    })
    await clock.sleep(5000)
    const offline = rssAnonBytes(agent.pid)
    const centre = await startCentre({ data, mqttPort })
    const begun = clock.now()
    const { maxBytes, reserveBytes } = config.spool
    const path = join(agentData, 'spool', 'journal')
    const spool = openJournal({ path, maxBytes, reserveBytes, onFull: 'wait' })
    const watch = watchCentre(data)
    let most = offline
    const drained = () => {
      most = Math.max(most, rssAnonBytes(agent.pid))
      return (spool.stats().cursors.uplink?.position ?? 0) >= events
    }
    const drainedAt = await whenDone(drained, TIMEOUT_MS, () => `${watch.accepted()} of ${events} accepted`)
    const queryableAt = await whenDone(
      () => watch.queryable() >= events,
      TIMEOUT_MS,
      () => `${watch.queryable()} of ${events} queryable`,
    )
    const { different, all } = watch.counted(0, spoolId)
    await agent.kill('SIGTERM')
    await spool.close()
    await watch.close()
    await centre.stop()
    if (different < events || all !== different)
      throw new Error(`${events} events were spooled; the log has ${all}, of them ${different} different`)
    const seconds = (drainedAt - begun) / 1000
    return {
      figures: [
        {
          what: `RssAnon with ${count(events)} events spooled`,
          value: offline / MIB,
          unit: 'MiB',
          target: { atMost: 120 },
        },
        { what: 'RssAnon at most while it drains', value: most / MIB, unit: 'MiB', target: { atMost: 120 } },
        { what: `drained, ${count(events)} events marked`, value: seconds, unit: 's', target: { atMost: 30 } },
        { what: 'until all of them are queryable', value: (queryableAt - begun) / 1000, unit: 's' },
        { what: 'drained per second', value: events / seconds, unit: 'events/s' },
      ],
      notes: [
        'The shipped command `waytrace agent` and `waytrace up`, as processes on one machine; from when the broker is ready (the agent finds it within its back-off) until the mark has passed the whole spool.',
        'Every event was found in the log afterwards, each exactly once.',
      ],
    }
  },
}

async function enrol(data: string): Promise<string> {
  const { identities, close } = await openKnowledge(folders(data).store)
  const devices = { 'tag-1': { urn: urn('TAG1'), kind: 'sensor' } }
  const { password = '' } = await identities.enrol({
    site: 'wh1',
    agent: 'edge1',
    kind: 'agent',
    sourceUrn: SOURCE,
    devices,
    newPassword: true,
  })
  await close()
  return password
}

/** Memory that is neither file nor shared: what the machine cannot take back. */
function rssAnonBytes(pid: number): number {
  const line = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? Number.NaN) * 1024
}

function count(value: number): string {
  return value.toLocaleString('en')
}
