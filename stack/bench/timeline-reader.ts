import { exampleOrder } from '@waytrace/standard/testing'
import { embeddedStore, openKnowledge, orderTimeline } from '@waytrace/store'
import { percentile } from './figure.ts'
import { someOrder } from './some-order.ts'

/** Looks up timelines in a filled folder: `timeline-reader FOLDER LOOKUPS ORDERS`. Prints one JSON document. */
const [path = '', lookups = '', orders = ''] = process.argv.slice(2)
const store = embeddedStore(path)
const knowledge = await openKnowledge(path)
const times: number[] = []
let nodes = 0
let readings = 0
for (let i = 0; i < Number(lookups); i++) {
  const order = exampleOrder(someOrder(i, Number(orders)))
  const begun = performance.now()
  const found = await orderTimeline(knowledge, store, order)
  times.push(performance.now() - begun)
  if (found === undefined) throw new Error(`${order} is not there`)
  nodes += found.nodes.filter(({ at }) => at !== undefined).length
  readings += found.readings.length
}
await store.close()
await knowledge.close()
process.stdout.write(
  `${JSON.stringify({
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    nodes: nodes / times.length,
    readings: readings / times.length,
  })}\n`,
)
