import type { Clock, Log } from '@waytrace/standard/process'
import { type EventStore, exposureState, exposureWriter } from '@waytrace/store'
import type { WaytraceConfig } from '../config.ts'
import { type DataFolder, folders } from '../data-folder.ts'
import { chore } from './chore.ts'

const FLUSH_MS = 5000
const WINDOWS_AT_ONCE = 200

/**
 * InfluxDB with its exposures: readings note the five-minute windows they fall into with the cursor's batch, and a chore
 * writes the windows that are over. Undefined without InfluxDB.
 */
export function influxWithExposures(config: WaytraceConfig, folder: DataFolder, ports: { clock: Clock; log: Log }) {
  const { influx, events, knowledge } = folder
  if (config.influx === undefined || influx === undefined) return undefined
  const exposures = exposureWriter(config.influx, {
    custody: knowledge.custody,
    events,
    state: exposureState(folders(config.data).exposures),
    clock: ports.clock,
  })
  const flushing = chore('exposures', FLUSH_MS, flush, ports)

  async function flush(): Promise<boolean> {
    const { accepted, rejected, retry } = await exposures.flush(WINDOWS_AT_ONCE)
    if (retry !== undefined) throw retry
    for (const { error } of rejected) ports.log.warn({ err: error }, 'InfluxDB refused exposures')
    return accepted === WINDOWS_AT_ONCE
  }

  const store: Pick<EventStore, 'write'> = {
    async write(batch) {
      const result = await influx.write(batch)
      // Before the cursor moves: a crash in between only notes the same windows again.
      if (result.retry === undefined) await exposures.apply(batch)
      return result
    },
  }
  return {
    store,
    start: () => flushing.start(),
    async stop() {
      await flushing.stop()
      await exposures.close()
    },
  }
}
