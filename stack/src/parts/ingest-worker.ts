import { parentPort, workerData } from 'node:worker_threads'
import type { WaytraceConfig } from '../config.ts'
import { openDataFolder } from '../data-folder.ts'
import { clockOf, type SharedClock } from './clock.ts'
import { ingestPart } from './ingest.ts'
import { stderrLog } from './log.ts'

/** What the main thread gives this one. */
export interface IngestWorkerData {
  config: WaytraceConfig
  clock: SharedClock | undefined
  brokerUrl: string
}

/** Ingest in a thread of its own, so that the broker's acknowledgements do not wait for validation (ADR 3). */
const { config, clock: shared, brokerUrl } = workerData as IngestWorkerData
const port = parentPort
if (port === null) throw new Error('this module is the entry of a worker thread')
const clock = clockOf(shared)
const folder = await openDataFolder(config, clock)
const log = stderrLog('ingest', config.logLevel)
const ingest = await ingestPart(config, folder, {
  clock,
  log,
  brokerUrl,
  fail: (error) => port.postMessage({ fatal: String(error) }),
})
await ingest.start()
const beat = clock.every(1000, () => port.postMessage({ health: ingest.health() }))
port.on('message', async () => {
  beat.cancel()
  await ingest.stop()
  await folder.close()
  port.postMessage({ stopped: true })
  port.close()
})
port.postMessage({ started: true, health: ingest.health() })
