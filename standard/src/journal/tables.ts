import { open, type RootDatabase } from 'lmdb'

/** The newest end. Written by appenders only; its LMDB version is `last + 1`, so a lost race is seen. */
export interface Tail {
  last: number
  /** Entry bytes ever appended. */
  end: number
  /** First position of the newest block, 0 when there is none. */
  block: number
}

/** The oldest end. Written by trimmers only; its LMDB version is `first`. */
export interface Head {
  first: number
  /** Entry bytes ever deleted: `tail.end - head.start` is the journal's size. */
  start: number
  dropped: number
}

export interface CursorRecord {
  position: number
  required: boolean
}

/** The LMDB tables of one journal folder, as docs/formats/journal.md states them. */
export type Tables = ReturnType<typeof openTables>

/** Virtual addresses only: a map that never has to grow is safe to share with other threads and processes. */
const MIN_MAP_BYTES = 2 ** 32

/** Opens or makes the folder. LMDB clears the reader slots of killed processes here. */
export function openTables(path: string, maxBytes: number) {
  const root: RootDatabase = open({
    path,
    maxDbs: 3,
    maxReaders: 256,
    mapSize: Math.max(MIN_MAP_BYTES, 4 * maxBytes),
    // Visible must mean durable: a reader in another process may act on what it sees (measured: no slower here).
    overlappingSync: false,
  })
  const state = root.openDB<Tail | Head, string>({ name: 'state', encoding: 'json', useVersions: true })
  const blocks = root.openDB<Buffer, number>({ name: 'blocks', encoding: 'binary' })
  const cursors = root.openDB<CursorRecord, string>({ name: 'cursors', encoding: 'json' })
  root.transactionSync(() => {
    if (state.doesExist('tail')) return
    void state.put('tail', { last: 0, end: 0, block: 0 } satisfies Tail, 1)
    void state.put('head', { first: 1, start: 0, dropped: 0 } satisfies Head, 1)
  })
  return {
    root,
    state,
    blocks,
    cursors,
    tail: () => state.get('tail') as Tail,
    head: () => state.get('head') as Head,
    /** The smallest position all required cursors have passed; undefined without required cursors. */
    passed(): number | undefined {
      let least: number | undefined
      for (const { value } of cursors.getRange())
        if (value.required) least = Math.min(least ?? value.position, value.position)
      return least
    },
    /** Makes the next read see the newest commit of any process. */
    refresh: () => root.resetReadTxn(),
  }
}

/** A write inside a conditional one fails with it: its own promise needs a listener, or Node ends the process. */
export function ride(write: Promise<boolean>): void {
  write.catch(() => {})
}
