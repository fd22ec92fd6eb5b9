import { join } from 'node:path'
import { exampleOrder, startInfluxd, startProcess } from '@waytrace/standard/testing'
import { embeddedStore, openKnowledge } from '@waytrace/store'
import { workload } from '../../../store/bench/workload.ts'
import { removeFolder } from '../centre.ts'
import type { BenchContext, Section } from '../context.ts'
import type { Figure, Findings } from '../figure.ts'
import { fillInflux, influxLookups, influxWriteAlone } from '../influx.ts'
import { someOrder } from '../some-order.ts'

const BATCH = 1000
const LOOKUPS = 2000
/** InfluxDB is filled with at most this many: it takes longer than the embedded store. */
const MOST_IN_INFLUX = 1_000_000

/** What a person waits for after typing an order number. */
export const timeline: Section = {
  name: 'timeline',
  title: 'Order timeline',
  async run(context) {
    const embedded = await inEmbedded(context)
    const influx = await inInflux(context)
    return { figures: [...embedded.figures, ...influx.figures], notes: [...embedded.notes, ...influx.notes] }
  },
}

async function inEmbedded({ work, storedEvents, say }: BenchContext): Promise<Findings> {
  const path = join(work, 'timeline')
  const store = embeddedStore(path)
  const knowledge = await openKnowledge(path)
  const begun = performance.now()
  let writing = 0
  for (let from = 0; from < storedEvents; from += BATCH) {
    const batch = workload(Math.min(BATCH, storedEvents - from), from)
    const start = performance.now()
    await store.write(batch)
    await knowledge.projection.apply(batch)
    writing += performance.now() - start
    if (from > 0 && from % 1_000_000 === 0)
      say(`${from} events after ${Math.round((performance.now() - begun) / 1000)} s`)
  }
  await store.close()
  await knowledge.close()
  const reader = startProcess(import.meta.url, '../timeline-reader.ts', {
    args: [path, String(LOOKUPS), String(ordersOf(storedEvents))],
  })
  const line = await reader.waitForLine(/^\{/)
  await reader.exited
  removeFolder(path)
  const { p50, p99, nodes, readings } = JSON.parse(line)
  const stored = storedEvents.toLocaleString('en')
  return {
    figures: [
      { what: `embedded, ${stored} events stored: p50`, value: p50, unit: 'ms' },
      { what: `embedded, ${stored} events stored: p99`, value: p99, unit: 'ms', target: { atMost: 5 } },
      { what: 'filled, projections included', value: (storedEvents * 1000) / writing, unit: 'events/s' },
    ],
    notes: [
      `Embedded: \`orderTimeline\` of ${LOOKUPS} random orders of ${ordersOf(storedEvents).toLocaleString('en')} in a process of its own after opening, each once; on average ${nodes.toFixed(1)} nodes reached and ${readings.toFixed(0)} readings joined through custody.`,
    ],
  }
}

async function inInflux({ work, storedEvents, say }: BenchContext): Promise<Findings> {
  const events = Math.min(storedEvents, MOST_IN_INFLUX)
  const influxd = await startInfluxd()
  try {
    say(`InfluxDB is filled with ${events} events`)
    const filled = await fillInflux(influxd.url, join(work, 'points'), events)
    const orders = Array.from({ length: LOOKUPS / 4 }, (_, i) => exampleOrder(someOrder(i, ordersOf(events))))
    const { events: found, index } = await influxLookups(influxd.url, orders)
    const alone = await influxWriteAlone(influxd.url, Math.min(events, 100_000))
    const stored = events.toLocaleString('en')
    const target = { atMost: 150 }
    const figures: Figure[] = [
      { what: `InfluxDB 1.6, ${stored} events stored: events of an order, p50`, value: found.p50, unit: 'ms' },
      { what: `InfluxDB 1.6, ${stored} events stored: events of an order, p99`, value: found.p99, unit: 'ms', target },
      { what: 'InfluxDB 1.6: bucket of a typed order number, p50', value: index.p50, unit: 'ms' },
      {
        what: 'InfluxDB 1.6: written by our store',
        value: filled,
        unit: 'points/s',
        compare: [{ name: 'the same lines posted by a loop', value: alone }],
      },
    ]
    return { figures, notes: ['InfluxDB: index tsi1, one post of at most 5,000 lines in flight.'] }
  } finally {
    await influxd.kill()
  }
}

/** As the workload numbers them: 1,500 orders in each 18,000 events. */
function ordersOf(events: number): number {
  return Math.max(1, Math.floor(events / 18_000) * 1500)
}
