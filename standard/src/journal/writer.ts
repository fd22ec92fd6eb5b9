import { OpsError } from '../event/errors.ts'
import type { Timer } from '../process/clock.ts'
import { decodeBlock, encodeBlock, entrySize } from './block.ts'
import { dropOldest } from './deletion.ts'
import { diskHasRoom, type FreeBytes } from './disk.ts'
import type { JournalOptions } from './journal.ts'
import { type CursorRecord, type Head, ride, type Tables, type Tail } from './tables.ts'

interface Append {
  entries: readonly Uint8Array[]
  size: number
  resolve(first: number): void
  reject(error: unknown): void
}

interface Commit extends CursorRecord {
  waiters: { resolve(): void; reject(error: unknown): void }[]
}

export interface WriterPorts {
  tables: Tables
  options: JournalOptions
  free: FreeBytes
  /** Runs the callback after `RETRY_MS`, when a full journal looks again. */
  later(run: () => void): Timer
  /** The range is on disk. */
  appended(last: number): void
}

/** A newest block smaller than this is rewritten with the next entries, so that slow journals stay compact. */
const MERGE_BELOW_BYTES = 16_384
const DEFAULT_BLOCK_BYTES = 65_536
/** One transaction takes at most this: it bounds how long other writers wait and how much a retry repeats. */
const FLUSH_BYTES = 4 * 1024 * 1024

/** The one flush loop of a journal in this thread: appends and cursor moves gather while a flush is in flight. */
export function journalWriter({ tables, options, free, later, appended }: WriterPorts) {
  const blockBytes = options.blockBytes ?? DEFAULT_BLOCK_BYTES
  const appends: Append[] = []
  let commits = new Map<string, Commit>()
  let running: Promise<void> | undefined
  let retry: Timer | undefined
  let full: 'bytes' | 'disk' | undefined
  let waitingBytes = 0
  let failed: OpsError | undefined
  let closed = false

  function wake(): void {
    if (running !== undefined || failed !== undefined) return
    retry?.cancel()
    retry = undefined
    // The turn's other appends join the first one's flush.
    running = Promise.resolve()
      .then(run)
      .finally(() => {
        running = undefined
        if (commits.size > 0 || (appends.length > 0 && full === undefined)) wake()
        else if (appends.length > 0 && !closed) retry = later(wake)
      })
  }

  async function run(): Promise<void> {
    while (failed === undefined && (appends.length > 0 || commits.size > 0)) {
      const moved = commits
      commits = new Map()
      try {
        const batch = await takeWhatFits()
        if (batch.length === 0 && moved.size === 0) return
        await flush(batch, moved)
      } catch (cause) {
        await fail(cause, moved)
      }
    }
  }

  /** The appends at the front of the queue that there is room for; sets `full` when there is none. */
  async function takeWhatFits(): Promise<Append[]> {
    full = undefined
    if (appends.length === 0) return []
    tables.refresh()
    let room = options.maxBytes - held()
    let size = 0
    let take = 0
    for (const append of appends) {
      if (take > 0 && size + append.size > FLUSH_BYTES) break
      if (size + append.size > room) {
        if (options.onFull === 'wait') break
        await dropOldest(tables, size + append.size - room, options.onDrop)
        room = options.maxBytes - held()
        if (size + append.size > room) break
      }
      size += append.size
      take++
    }
    if (take === 0) full = 'bytes'
    else if (!diskHasRoom(options.path, size, held(), options.reserveBytes, free)) {
      full = 'disk'
      take = 0
    }
    return appends.slice(0, take)
  }

  async function flush(batch: readonly Append[], moved: ReadonlyMap<string, Commit>): Promise<void> {
    const writes: Promise<boolean>[] = []
    for (const [name, { position, required }] of moved) writes.push(tables.cursors.put(name, { position, required }))
    let first = 0
    let last = 0
    if (batch.length > 0) {
      const { tail, blocks } = layOut(batch)
      first = tables.tail().last + 1
      last = tail.last
      writes.push(
        tables.state.ifVersion('tail', first, () => {
          for (const { key, bytes } of blocks) ride(tables.blocks.put(key, bytes))
          ride(tables.state.put('tail', tail, tail.last + 1))
        }),
      )
    }
    const results = await Promise.all(writes)
    await tables.root.flushed
    for (const { waiters } of moved.values()) for (const waiter of waiters) waiter.resolve()
    // Another process or thread appended first: lay out again behind its entries.
    if (batch.length === 0 || results.at(-1) === false) return
    appends.splice(0, batch.length)
    for (const { entries, size, resolve } of batch) {
      waitingBytes -= size
      resolve(first)
      first += entries.length
    }
    appended(last)
  }

  function layOut(batch: readonly Append[]): { tail: Tail; blocks: { key: number; bytes: Buffer }[] } {
    tables.refresh()
    const { last, end, block: newest } = tables.tail()
    const blocks: { key: number; bytes: Buffer }[] = []
    let entries: Uint8Array[] = []
    let key = last + 1
    let start = end
    let size = 0
    const old = newest >= tables.head().first ? tables.blocks.get(newest) : undefined
    if (old !== undefined && old.length < Math.min(MERGE_BELOW_BYTES, blockBytes)) {
      const block = decodeBlock(old)
      for (let i = 0; i < block.count; i++) entries.push(block.entry(i))
      key = newest
      start = block.start
      size = block.size
    }
    const cut = () => {
      blocks.push({ key, bytes: encodeBlock(entries, start) })
      key += entries.length
      start += size
      entries = []
      size = 0
    }
    for (const append of batch)
      for (const entry of append.entries) {
        if (entries.length > 0 && size + entrySize(entry) > blockBytes) cut()
        entries.push(entry)
        size += entrySize(entry)
      }
    if (entries.length > 0) cut()
    return { tail: { last: key - 1, end: start, block: blocks.at(-1)?.key ?? newest }, blocks }
  }

  function held(): number {
    const head: Head = tables.head()
    return tables.tail().end - head.start
  }

  async function fail(error: unknown, moved: ReadonlyMap<string, Commit>): Promise<void> {
    // From here on LMDB is left alone: after a failed write it may abort or hang.
    failed = error instanceof OpsError ? error : new OpsError('DISK_FULL', 'the disk refused a flush', { cause: error })
    const cause = await reasonOf(error)
    if (cause !== error && cause instanceof Error)
      failed = new OpsError('DISK_FULL', `the disk refused a flush: ${cause.message}`, { cause })
    for (const { waiters } of moved.values()) for (const waiter of waiters) waiter.reject(failed)
    rejectAll(failed)
  }

  function rejectAll(error: OpsError): void {
    for (const append of appends.splice(0)) append.reject(error)
    for (const { waiters } of commits.values()) for (const waiter of waiters) waiter.reject(error)
    commits.clear()
    waitingBytes = 0
  }

  return {
    append(entries: readonly Uint8Array[]): Promise<number> {
      let size = 0
      for (const entry of entries) size += entrySize(entry)
      return new Promise((resolve, reject) => {
        if (failed !== undefined) return reject(failed)
        if (closed) return reject(new OpsError('JOURNAL_FULL', 'the journal is closed'))
        if (size > options.maxBytes)
          return reject(
            new OpsError('PAYLOAD_TOO_LARGE', `${size} bytes do not fit in a journal of ${options.maxBytes}`),
          )
        waitingBytes += size
        appends.push({ entries, size, resolve, reject })
        if (retry === undefined) wake()
      })
    },
    move(name: string, record: CursorRecord): Promise<void> {
      return new Promise((resolve, reject) => {
        if (failed !== undefined) return reject(failed)
        const waiters = commits.get(name)?.waiters ?? []
        waiters.push({ resolve, reject })
        commits.set(name, { ...record, waiters })
        wake()
      })
    },
    /** Something was deleted: appends that wait look again. */
    wake,
    state: () => ({ full, waitingBytes }),
    failed: () => failed !== undefined,
    /** Flushes what has room; what still waits is refused with `JOURNAL_FULL`. */
    async close(): Promise<void> {
      closed = true
      while (running !== undefined) await running
      retry?.cancel()
      rejectAll(new OpsError('JOURNAL_FULL', 'the journal was closed while an append waited for room'))
    },
  }
}

/** Why a commit failed: lmdb rejects the write first, and a promise it carries soon after. */
async function reasonOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error
  const reason = Promise.resolve(error.commitError).catch((cause: unknown) => cause)
  return Promise.race([reason, new Promise((resolve) => setImmediate(() => setImmediate(resolve, error)))])
}
