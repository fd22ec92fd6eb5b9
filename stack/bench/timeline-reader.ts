import { exampleOrder } from '@waytrace/standard/testing'
import { embeddedStore, openKnowledge, orderTimeline } from '@waytrace/store'
import { percentile } from './figure.ts'
import { someOrder } from './some-order.ts'

/** Looks up timelines in a filled folder: `timeline-reader FOLDER LOOKUPS ORDERS`. Prints one JSON document. */
const [path = '', lookups = '', orders = ''] = process.argv.slice(2)
const store = embeddedStore(path)
const knowledge = await openKnowledge(path)
/** Compiled code is what a running centre has. */
const WARM_UP = 200
const times: number[] = []
let nodes = 0
let readings = 0
for (let i = 0; i < WARM_UP + Number(lookups); i++) {
  const order = exampleOrder(someOrder(i, Number(orders)))
  const begun = performance.now()
  const found = await orderTimeline(knowledge, store, order)
  const took = performance.now() - begun
  if (found === undefined) throw new Error(`${order} is not there`)
  if (i < WARM_UP) continue
  times.push(took)
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
