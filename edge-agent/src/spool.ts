import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { eventId, OpsError } from '@waytrace/standard'
import { type Entry, type JournalPorts, type JournalStats, openJournal } from '@waytrace/standard/journal'
import type { AgentConfig } from './config.ts'
import { isoTime } from './events/local-time.ts'
import { gapEvent, type SelfPorts } from './events/own-facts.ts'
import type { AgentClock, EventDraft, Stamp } from './ports.ts'
import { encodeSpoolEntry } from './spool-entry.ts'

export interface SpoolPorts extends SelfPorts {
  clock: AgentClock
  /** The journal failed: the process must end, its supervisor starts it again. */
  onFatal: (error: OpsError) => void
  freeBytes?: JournalPorts['freeBytes']
}

/** The agent's durable queue of events, oldest first, until ingest's mark passes them. */
export interface Spool {
  /** Random, made with the spool: a new disk is a new spool. */
  readonly id: string
  /** Stamps the events and resolves when they are on disk. Sequence numbers are positions in the journal. */
  append(drafts: readonly EventDraft[]): Promise<Stamp[]>
  /** Entries after a position, at most `max`. */
  read(after: number, max: number): Entry[]
  /** Position of the last event that ingest is done with. */
  readonly mark: number
  readonly last: number
  /** Ingest is done with everything up to here: durably forgets it. */
  passed(position: number): Promise<void>
  onAppend(listener: () => void): () => void
  /** `depth` counts events not yet passed. */
  stats(): JournalStats & { depth: number }
  close(): Promise<void>
}

/** A gap is declared this long after a drop at the latest: one event for many drops. */
const DECLARE_MS = 1000
/** Trimming is a transaction of its own: not for every mark. */
const TRIM_EVERY = 5000

export async function openSpool(path: string, config: AgentConfig['spool'], ports: SpoolPorts): Promise<Spool> {
  mkdirSync(path, { recursive: true })
  const { clock, source, onFatal } = ports
  let declare: { cancel(): void } | undefined
  const journal = openJournal(
    { path: join(path, 'journal'), ...config, onDrop: () => later() },
    ports.freeBytes === undefined ? { clock } : { clock, freeBytes: ports.freeBytes },
  )
  const cursor = await journal.cursor('uplink', { required: true })
  let last = journal.stats().last
  let next = last + 1
  const listeners = new Set<() => void>()
  const id = spoolId(join(path, 'id'), next === 1)
  let trimmed = cursor.position
  let trimming: Promise<void> = Promise.resolve()
  let closed = false

  function later(): void {
    declare ??= clock.after(DECLARE_MS, () => {
      declare = undefined
      if (!closed) declareGap().catch((error) => fail(error))
    })
  }

  /** What was dropped before ingest had it. Repeated after a crash: readers take the union of ranges. */
  async function declareGap(): Promise<void> {
    const from = cursor.position + 1
    const to = journal.stats().first - 1
    if (to < from) return
    const range = { fromSequence: sequenceOf(from), toSequence: sequenceOf(to), count: to - from + 1 }
    await append([gapEvent(clock.now(), { reason: 'spool-full', spool: id, ...range }, ports)])
  }

  function fail(error: unknown): OpsError {
    const fatal = error instanceof OpsError ? error : new OpsError('DISK_FULL', 'the spool failed', { cause: error })
    if (fatal.disposition === 'fatal') onFatal(fatal)
    return fatal
  }

  async function append(drafts: readonly EventDraft[]): Promise<Stamp[]> {
    if (drafts.length === 0) return []
    if (closed) throw new OpsError('JOURNAL_FULL', 'the spool is closed')
    const now = clock.now()
    const recordedtime = isoTime(now)
    const stamps: Stamp[] = []
    const entries: Buffer[] = []
    let size = 0
    for (const draft of drafts) {
      const stamp = {
        id: draft.event.id ?? eventId(now),
        recordedtime,
        sequence: sequenceOf(next + stamps.length),
        spool: id,
      }
      stamps.push(stamp)
      const bytes = encodeSpoolEntry(draft, stampedJson(draft, source, stamp))
      size += bytes.length + 64
      entries.push(bytes)
    }
    // Refused before numbers are spent: a number without an entry would stop the mark for ever.
    if (size > config.maxBytes) throw new OpsError('PAYLOAD_TOO_LARGE', `${size} bytes do not fit in the spool`)
    const first = next
    next += entries.length
    try {
      const position = await journal.appendAll(entries)
      if (position !== first) throw new OpsError('JOURNAL_CORRUPT', `event ${first} became entry ${position}`)
    } catch (error) {
      throw fail(error)
    }
    last = first + entries.length - 1
    for (const listener of listeners) listener()
    return stamps
  }

  if (journal.stats().first > cursor.position + 1) await declareGap()

  return {
    id,
    append,
    read: (after, max) => cursor.read(max, after),
    get mark() {
      return cursor.position
    },
    get last() {
      return last
    },
    async passed(position) {
      if (position <= cursor.position) return
      await cursor.commit(position)
      if (position - trimmed < TRIM_EVERY && position < last) return
      trimmed = position
      trimming = trimming.then(() => journal.trim())
      await trimming
    },
    // Only this process appends: no need to look for others, and what is told is what was promised.
    onAppend(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stats() {
      const stats = journal.stats()
      return { ...stats, last, depth: Math.max(0, last - Math.max(cursor.position, stats.first - 1)) }
    },
    async close() {
      if (closed) return
      declare?.cancel()
      closed = true
      await trimming
      await journal.close()
    },
  }
}

export function sequenceOf(position: number): string {
  return String(position).padStart(20, '0')
}

function stampedJson({ event }: EventDraft, source: string, { id, recordedtime, sequence, spool }: Stamp): string {
  const family = event.type.slice('waytrace.'.length, -'.v1'.length)
  const { data, ...attributes } = event
  return JSON.stringify({
    specversion: '1.0',
    ...attributes,
    id,
    source,
    datacontenttype: 'application/json',
    dataschema: `https://waytrace.dev/schema/${family}/v1`,
    recordedtime,
    sequence,
    spool,
    data,
  })
}

/** The id in the file. An empty journal gets a new one: its numbers begin again. */
function spoolId(path: string, fresh: boolean): string {
  if (!fresh && existsSync(path)) return readFileSync(path, 'utf8')
  const id = randomBytes(8).toString('hex')
  const file = openSync(`${path}.new`, 'w')
  writeSync(file, id)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
  const folder = openSync(join(path, '..'), 'r')
  fsyncSync(folder)
  closeSync(folder)
  return id
}
