import { performance } from 'node:perf_hooks'
import { exampleOrder, tempDir } from '@waytrace/standard/testing'
import { type EventStore, embeddedStore, type Knowledge, openKnowledge, orderTimeline } from '../src/index.ts'
import { workload } from './workload.ts'

export interface Figure {
  name: string
  value: number
  unit: string
  /** The target of the design. */
  floor?: number
}

const BATCH = 1000

/** Write rate with projections and look-up of the embedded store, on one core, from decoded log entries. */
export async function benchStore({ events = 200_000 }: { events?: number } = {}): Promise<Figure[]> {
  const path = tempDir('bench-store')
  const store = embeddedStore(path)
  const knowledge = await openKnowledge(path)
  const spent = { store: 0, projection: 0, cpu: 0 }
  for (let from = 0; from < events; from += BATCH) {
    const batch = workload(Math.min(BATCH, events - from), from)
    const cpu = cpuMs()
    spent.store += await timed(() => store.write(batch))
    spent.projection += await timed(() => knowledge.projection.apply(batch))
    spent.cpu += cpuMs() - cpu
  }
  const lookups = await timelines(knowledge, store, events)
  const figures: Figure[] = [
    {
      name: 'embedded store and projections',
      value: rate(events, spent.store + spent.projection),
      unit: 'events/s',
      floor: 15_000,
    },
    { name: 'the same, by processor time', value: rate(events, spent.cpu), unit: 'events/cpu s' },
    { name: 'embedded store alone', value: rate(events, spent.store), unit: 'events/s' },
    { name: 'projections alone', value: rate(events, spent.projection), unit: 'events/s' },
    { name: `order timeline p50, ${events} events`, value: quantile(lookups, 0.5), unit: 'ms' },
    { name: `order timeline p99, ${events} events`, value: quantile(lookups, 0.99), unit: 'ms', floor: 5 },
  ]
  await store.close()
  await knowledge.close()
  return figures
}

async function timelines(knowledge: Knowledge, store: EventStore, events: number): Promise<number[]> {
  const orders = Math.max(1, Math.floor(events / 18_000) * 1500)
  const times: number[] = []
  for (let i = 0; i < 500; i++) {
    const order = exampleOrder((i * 7919) % orders)
    times.push(await timed(() => orderTimeline(knowledge, store, order)))
  }
  return times.sort((a, b) => a - b)
}

/** Milliseconds of processor time, all threads of the process: what a busy machine does not blur. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function rate(events: number, ms: number): number {
  return Math.round((events / ms) * 1000)
}

function quantile(sorted: readonly number[], q: number): number {
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0) * 100) / 100
}
