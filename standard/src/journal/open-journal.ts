import assert from 'node:assert'
import { mkdirSync, realpathSync } from 'node:fs'
import { OpsError } from '../event/errors.ts'
import { type Clock, systemClock, type Timer } from '../process/clock.ts'
import { deleteUpTo } from './deletion.ts'
import { type FreeBytes, freeBytes } from './disk.ts'
import type { Cursor, Journal, JournalOptions } from './journal.ts'
import { requireLmdbFile } from './lmdb-file.ts'
import { blockReader } from './reader.ts'
import { openTables } from './tables.ts'
import { journalWriter } from './writer.ts'

export interface JournalPorts {
  /** Times the look for other processes' appends and for room; real time is right even in a demo. */
  clock?: Clock
  freeBytes?: FreeBytes
}

/** How soon a listener hears of what another process or thread appended. */
const POLL_MS = 10
/** How often appends that wait for room look again: another process may have trimmed, or freed the disk. */
const RETRY_MS = 20

type Core = ReturnType<typeof openCore>

/** LMDB must be opened once per folder and thread: handles share, and the last to close closes. */
const cores = new Map<string, { core: Core; handles: number }>()

/**
 * Opens a journal, making its folder. Opening one folder twice in a thread shares it, with the limits of the first
 * opener. Throws `OpsError('JOURNAL_CORRUPT')` when LMDB cannot open it.
 */
export function openJournal(options: JournalOptions, ports: JournalPorts = {}): Journal {
  mkdirSync(options.path, { recursive: true })
  const path = realpathSync(options.path)
  const shared = cores.get(path) ?? { core: openCore({ ...options, path }, ports), handles: 0 }
  shared.handles++
  cores.set(path, shared)
  let closing: Promise<void> | undefined
  return {
    ...shared.core.journal(),
    close() {
      closing ??= (async () => {
        if (--shared.handles > 0) return
        // First, so that opening the folder again meanwhile gets a journal that is open.
        cores.delete(path)
        await shared.core.close()
      })()
      return closing
    },
  }
}

function openCore(options: JournalOptions, { clock = systemClock(), freeBytes: free = freeBytes }: JournalPorts) {
  const tables = openOrExplain(options)
  const listeners = new Set<() => void>()
  /** Where each cursor stands, and how far that is on disk. */
  const positions = new Map<string, number>()
  const durable = new Map<string, number>()
  let seen = tables.tail().last
  let poll: Timer | undefined

  const writer = journalWriter({
    tables,
    options,
    free,
    later: (run) => clock.after(RETRY_MS, run),
    appended: notify,
  })

  function notify(last: number): void {
    if (last <= seen) return
    seen = last
    for (const listener of [...listeners]) listener()
  }

  function cursorHandle(name: string, required: boolean): Cursor {
    const reader = blockReader(tables)
    const position = () => positions.get(name) ?? 0
    const move = async (to: number) => {
      positions.set(name, to)
      await writer.move(name, { position: to, required })
      durable.set(name, Math.max(to, durable.get(name) ?? 0))
    }
    return {
      name,
      get position() {
        return position()
      },
      read: (max, after = position()) => reader.read(after + 1, max),
      async commit(to) {
        assert(Number.isSafeInteger(to) && to <= tables.tail().last, `cursor ${name}: commit of unread entry ${to}`)
        if (to > position()) await move(to)
        // Said before, but perhaps still on its way to the disk.
        else if (to > (durable.get(name) ?? 0)) await move(position())
      },
      skipLost() {
        const oldest = tables.head().first - 1
        const lost = oldest - position()
        if (lost <= 0) return 0
        // Not awaited: after a crash the same gap is found again. A failure shows on the next append or commit.
        move(oldest).catch(() => {})
        return lost
      },
    }
  }

  return {
    /** What one handle offers: each has its own reading place. */
    journal(): Omit<Journal, 'close'> {
      const reader = blockReader(tables)
      return {
        append: (bytes) => writer.append([bytes]),
        appendAll: (entries) => (entries.length > 0 ? writer.append(entries) : Promise.resolve(tables.tail().last + 1)),
        async cursor(name, { required }) {
          tables.refresh()
          const known = tables.cursors.get(name)
          if (!positions.has(name)) positions.set(name, known?.position ?? tables.head().first - 1)
          if (!durable.has(name) && known !== undefined) durable.set(name, known.position)
          if (known?.required !== required) await writer.move(name, { position: positions.get(name) ?? 0, required })
          return cursorHandle(name, required)
        },
        async dropCursor(name) {
          positions.delete(name)
          durable.delete(name)
          await tables.cursors.remove(name)
          await tables.root.flushed
        },
        async placeCursor(name, { position, required }) {
          positions.set(name, position)
          await writer.move(name, { position, required })
          durable.set(name, position)
        },
        read: (from, max) => reader.read(from, max),
        async trim(keepFrom) {
          tables.root.readerCheck()
          tables.refresh()
          const passed = tables.passed()
          if (passed === undefined && keepFrom === undefined) return
          await deleteUpTo(
            tables,
            Math.min(passed ?? Number.POSITIVE_INFINITY, (keepFrom ?? Number.POSITIVE_INFINITY) - 1),
          )
          writer.wake()
        },
        async backup(folder) {
          mkdirSync(folder, { recursive: true })
          await tables.root.backup(folder, true)
        },
        onAppend(listener) {
          listeners.add(listener)
          if (poll === undefined) seen = tables.tail().last
          poll ??= clock.every(POLL_MS, () => notify(tables.tail().last))
          return () => {
            listeners.delete(listener)
            if (listeners.size > 0) return
            poll?.cancel()
            poll = undefined
          }
        },
        stats() {
          const { last, end } = tables.tail()
          const { first, start, dropped } = tables.head()
          const { full, waitingBytes } = writer.state()
          const cursors: Record<string, { position: number; required: boolean }> = {}
          for (const { key, value } of tables.cursors.getRange()) cursors[key] = value
          const stats = { first, last, bytes: end - start, maxBytes: options.maxBytes, dropped, waitingBytes, cursors }
          return full === undefined ? stats : { ...stats, full }
        },
      }
    },
    async close(): Promise<void> {
      poll?.cancel()
      listeners.clear()
      await writer.close()
      if (!writer.failed()) await tables.root.close()
    },
  }
}

function openOrExplain(options: JournalOptions) {
  requireLmdbFile(options.path)
  try {
    return openTables(options.path, options.maxBytes)
  } catch (cause) {
    throw new OpsError('JOURNAL_CORRUPT', `cannot open the journal in ${options.path}`, { cause })
  }
}
