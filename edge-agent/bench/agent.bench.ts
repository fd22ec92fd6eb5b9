import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@waytrace/standard/process'
import { freePort, startProcess, startProgram, tempDir } from '@waytrace/standard/testing'
import { testConfig } from '../test/support/agent-config.ts'
import { fakeIngest } from '../test/support/fake-ingest.ts'
import { fillSpool } from '../test/support/filled-spool.ts'
import { startMosquitto } from '../test/support/mosquitto.ts'

/** One measured figure of a benchmark. */
export interface Figure {
  name: string
  value: number
  unit: string
}

const MIB = 1024 * 1024

/**
 * An agent in its own process comes back with a long time offline in its spool and drains it through a real Mosquitto
 * to a reader that answers with marks. Measured as shipped when the package is built (`npm run build`).
 */
export async function benchAgent(events = 1_000_000): Promise<Figure[]> {
  const clock = systemClock()
  const dataDir = tempDir('agent-bench')
  const fillBegun = performance.now()
  const id = await fillSpool(dataDir, events)
  const fillSeconds = (performance.now() - fillBegun) / 1000

  const port = await freePort()
  const file = join(tempDir('agent-bench'), 'agent.json')
  const config = testConfig(`mqtt://127.0.0.1:${port}`, { uplink: { ackTimeoutMs: 30_000, window: 100, batch: 200 } })
  writeFileSync(file, JSON.stringify(config))
  const shipped = existsSync(new URL('../dist/index.js', import.meta.url))
  const form = shipped ? 'built' : 'from source, with the loader'
  const agent = shipped
    ? startProgram(process.execPath, {
        args: [fileURLToPath(new URL('./agent-process.mjs', import.meta.url)), file, dataDir],
      })
    : startProcess(import.meta.url, '../test/support/agent-process.ts', { args: [file, dataDir] })
  await agent.waitForLine(/^ready/)
  await clock.sleep(1000)
  let asked = 0
  const stats = async () => {
    asked++
    agent.send('stats')
    const wanted = asked
    for (;;) {
      const lines = agent.lines.filter((line) => line.startsWith('stats '))
      if (lines.length >= wanted) return JSON.parse((lines[wanted - 1] ?? '').slice(6))
      await clock.sleep(20)
    }
  }
  const offline = await stats()

  const broker = await startMosquitto(port)
  const ingest = await fakeIngest(broker.url, { check: false, keep: false })
  const begun = performance.now()
  let most = offline.rssAnonBytes
  while ((ingest.marks.get(id) ?? 0) < events) {
    await clock.sleep(250)
    most = Math.max(most, (await stats()).rssAnonBytes)
  }
  const seconds = (performance.now() - begun) / 1000
  agent.send('stop')
  await agent.exited
  await ingest.stop()
  await broker.stop()
  return [
    { name: `spool ${events} events`, value: events / fillSeconds, unit: 'events/s' },
    { name: `RssAnon with ${events} events spooled (${form})`, value: offline.rssAnonBytes / MIB, unit: 'MiB' },
    { name: `RssAnon at most while draining (${form})`, value: most / MIB, unit: 'MiB' },
    { name: `drain ${events} events to the mark`, value: seconds, unit: 's' },
    { name: 'drain rate', value: events / seconds, unit: 'events/s' },
    { name: 'sent again', value: ingest.received - events, unit: 'events' },
  ]
}
