import { createWriters } from '@waytrace/ingest'
import { retention } from '@waytrace/store'
import { folders } from '../data-folder.ts'
import { chore } from './chore.ts'
import { influxWithExposures } from './exposures.ts'
import { runInThread } from './part-thread.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** The store writers in a thread of their own: an index costs more than accepting an event does (ADR 3). */
await runInThread('store', ({ config }, { folder, clock, log: logger }) => {
  const { acceptedLog: log, knowledge, events } = folder
  const influx = influxWithExposures(config, folder, { clock, log: logger })
  const stores = { store: events, ...(influx === undefined ? {} : { influx: influx.store }) }
  const writers = createWriters({}, { log, knowledge, stores, clock, logger })
  const { readingsDays, eventsDays, deadLettersDays } = config.retention
  const aging = retention(
    folders(config.data).store,
    {
      ...(readingsDays === undefined ? {} : { readingsMs: readingsDays * DAY_MS }),
      ...(eventsDays === undefined ? {} : { eventsMs: eventsDays * DAY_MS }),
      ...(deadLettersDays === undefined ? {} : { deadLettersMs: deadLettersDays * DAY_MS }),
    },
    clock,
  )
  const forgetting = chore('retention', HOUR_MS, () => aging.step(), { clock, log: logger })
  return {
    async start() {
      await writers.start()
      influx?.start()
      forgetting.start()
    },
    async stop() {
      await forgetting.stop()
      await aging.close()
      await writers.stop()
      await influx?.stop()
    },
    health() {
      const reasons = writers.reasons()
      const figures = Object.fromEntries(Object.entries(writers.behind()).map(([store, n]) => [`${store}Behind`, n]))
      return { name: 'store', state: reasons.length === 0 ? 'ok' : 'degraded', reasons, figures }
    },
  }
})
