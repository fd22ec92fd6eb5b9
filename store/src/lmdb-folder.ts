import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { requireLmdbFile } from '@waytrace/standard/journal'
import { open, type RootDatabase } from 'lmdb'

/** One opened LMDB folder, shared by everything in this thread that opens the same path. */
export interface LmdbFolder {
  readonly root: RootDatabase
  /** Makes the next read see the newest commit of any process. Without it a reader keeps its snapshot for a while. */
  refresh(): void
  /** All or nothing, and on disk when it returns; `work` may read what it writes. */
  commit<T>(work: () => T): T
  /** The last of its users really closes it. */
  close(): Promise<void>
}

/** Virtual addresses only: a map that never has to grow is safe to share with other threads and processes. */
const MAP_BYTES = 2 ** 40
const shared = new Map<string, { root: RootDatabase; users: number }>()

export function openLmdbFolder(path: string): LmdbFolder {
  const key = resolve(path)
  mkdirSync(key, { recursive: true })
  const entry = shared.get(key) ?? { root: openRoot(key), users: 0 }
  entry.users += 1
  shared.set(key, entry)
  const { root } = entry
  let open = true
  return {
    root,
    refresh: () => root.resetReadTxn(),
    commit: (work) => root.transactionSync(work),
    async close() {
      if (!open) return
      open = false
      entry.users -= 1
      if (entry.users > 0) return
      shared.delete(key)
      await root.close()
    },
  }
}

function openRoot(path: string): RootDatabase {
  requireLmdbFile(path)
  return open({
    path,
    name: null as unknown as string,
    maxDbs: 64,
    maxReaders: 512,
    mapSize: MAP_BYTES,
    // Visible must mean durable: a reader in another process may act on what it sees.
    overlappingSync: false,
  })
}
