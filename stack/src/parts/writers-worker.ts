import { createWriters } from '@waytrace/ingest'
import { runInThread } from './part-thread.ts'

/** The store writers in a thread of their own: an index costs more than accepting an event does (ADR 3). */
await runInThread('store', (_, { folder, clock, log: logger }) => {
  const { acceptedLog: log, knowledge, events, influx } = folder
  const stores = { store: events, ...(influx === undefined ? {} : { influx }) }
  const writers = createWriters({}, { log, knowledge, stores, clock, logger })
  return {
    start: () => writers.start(),
    stop: () => writers.stop(),
    health() {
      const reasons = writers.reasons()
      const figures = Object.fromEntries(Object.entries(writers.behind()).map(([store, n]) => [`${store}Behind`, n]))
      return { name: 'store', state: reasons.length === 0 ? 'ok' : 'degraded', reasons, figures }
    },
  }
})
