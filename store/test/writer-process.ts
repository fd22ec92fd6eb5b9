/** Writes orders until it is killed; says after each batch how far it is acknowledged. Argument: the folder. */
import { exampleOrder, exampleSscc, exampleTime, objectEvent } from '@waytrace/standard/testing'
import { embeddedStore, openKnowledge } from '../src/index.ts'

const path = process.argv[2] ?? ''
const store = embeddedStore(path)
const knowledge = await openKnowledge(path)
for (let position = knowledge.projection.appliedTo + 1; ; position += 50) {
  const batch = Array.from({ length: 50 }, (_, i) => {
    const n = position + i
    const data = { epcList: [exampleSscc(n % 40)] }
    const event = objectEvent({ time: exampleTime(n), orderid: exampleOrder(n % 40), data })
    return { position: n, receivedAt: n, site: 'wh1', agent: 'edge1', event }
  })
  await store.write(batch)
  await knowledge.projection.apply(batch)
  process.stdout.write(`acknowledged ${position + 49}\n`)
}
