import { parentPort, workerData } from 'node:worker_threads'
import { openJournal } from './index.ts'

/** Appends `count` entries `tag:n` from a thread, each awaited, and reports their positions. */
const { path, tag, count } = workerData as { path: string; tag: string; count: number }
const journal = openJournal({ path, maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' })
const appends = Array.from({ length: count }, (_, i) => journal.append(Buffer.from(`${tag}:${i + 1}`)))
const positions = await Promise.all(appends)
await journal.close()
parentPort?.postMessage(positions)
