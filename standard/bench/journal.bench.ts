import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { openJournal } from '../src/journal/index.ts'
import { tempDir } from '../src/testing/index.ts'

/** One measured figure of a benchmark. */
export interface Figure {
  name: string
  value: number
  unit: string
}

interface Load {
  name: string
  entryBytes: number
  entries: number
  /** Entries per append call. */
  batch: number
  /** Append calls in flight. */
  width: number
}

const LOADS: Load[] = [
  { name: 'append 200 B, batches of 50, 100 in flight', entryBytes: 200, entries: 1_000_000, batch: 50, width: 100 },
  { name: 'append 1 kB, batches of 50, 100 in flight', entryBytes: 1000, entries: 400_000, batch: 50, width: 100 },
  { name: 'append 1 kB one by one, 1,000 in flight', entryBytes: 1000, entries: 300_000, batch: 1, width: 1000 },
  { name: 'append 1 kB one by one, 100 in flight', entryBytes: 1000, entries: 100_000, batch: 1, width: 100 },
  { name: 'append 1 kB one by one, 1 in flight', entryBytes: 1000, entries: 1000, batch: 1, width: 1 },
]

/** What the durable queue alone does on this machine: the floor that ingest is compared with. */
export async function benchJournal(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const load of LOADS) figures.push(...(await measure(load)))
  return figures
}

async function measure({ name, entryBytes, entries, batch, width }: Load): Promise<Figure[]> {
  const path = tempDir('bench')
  const journal = openJournal({ path, maxBytes: 4e9, reserveBytes: 0, onFull: 'wait' })
  const group = Array.from({ length: batch }, (_, i) => Buffer.alloc(entryBytes, i))
  const waits: number[] = []
  let left = entries
  const append = async () => {
    while (left > 0) {
      left -= batch
      const begun = performance.now()
      await journal.appendAll(group)
      waits.push(performance.now() - begun)
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: width }, append))
  const seconds = (performance.now() - begun) / 1000
  const disk = statSync(join(path, 'data.mdb')).size / (entries * entryBytes)

  const cursor = await journal.cursor('bench', { required: true })
  const readBegun = performance.now()
  for (let after = 0; ; ) {
    const found = cursor.read(1000, after)
    if (found.length === 0) break
    after = found.at(-1)?.position ?? after
  }
  const readSeconds = (performance.now() - readBegun) / 1000
  await journal.close()
  rmSync(path, { recursive: true, force: true })
  waits.sort((a, b) => a - b)
  return [
    { name: `${name}: durable entries`, value: Math.round(entries / seconds), unit: 'entries/s' },
    { name: `${name}: wait, p50`, value: round(waits[Math.floor(waits.length * 0.5)] ?? 0), unit: 'ms' },
    { name: `${name}: wait, p99`, value: round(waits[Math.floor(waits.length * 0.99)] ?? 0), unit: 'ms' },
    { name: `${name}: bytes on disk per byte`, value: round(disk), unit: '' },
    { name: `${name}: read in order`, value: Math.round(entries / readSeconds), unit: 'entries/s' },
  ]
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
