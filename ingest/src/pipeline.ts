import { OpsError, type WaytraceEvent } from '@waytrace/standard'
import { decodeLogRecord, decodeRawRecord, type Entry, type Journal, type RawRecord } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { DeadLetter, Knowledge } from '@waytrace/store'
import type { Downlink, Mark } from './ports.ts'
import type { LazyCursor } from './sources/lazy-cursor.ts'
import { dedupeSet } from './stages/dedupe.ts'
import type { EnrolmentCache } from './stages/identity.ts'
import { type Judgement, type JudgePorts, judge } from './stages/judge.ts'
import { marks } from './stages/mark.ts'
import { encodeAccepted, number } from './stages/number.ts'
import { statuses } from './stages/status.ts'
import type { IngestState } from './state.ts'

export interface PipelinePorts {
  /** The raw journal. */
  journal: Pick<Journal, 'stats'>
  log: Journal
  cursor: Pick<LazyCursor, 'passed'>
  state: IngestState
  deadLetters: Pick<Knowledge['deadLetters'], 'add'>
  enrolments: EnrolmentCache
  downlink?: Pick<Downlink, 'mark' | 'born'>
  clock: Clock
}

/** Counts since the start; `/metrics` prints them. */
export interface PipelineCounters {
  messages: number
  accepted: number
  duplicates: number
  deadLettered: number
  /** Accepted events whose own time is more than a day ahead of the receive time, or before 2020. */
  oddTimes: number
}

/** One batch on its way: judged in memory, nothing of it on disk yet. */
export interface Batch {
  last: number
  encoded: Uint8Array[]
  letters: DeadLetter[]
  births: { site: string; agent: string }[]
  counts: PipelineCounters
  /** What ingest's own folder changes by. */
  changes: { write(): void; written(): void; moved: Mark[] }
}

const CATCH_UP = 5000
const DAY_MS = 86_400_000
const SANE_SINCE = Date.UTC(2020, 0, 1)
/** A status read a second time, after a crash or a restore, would look like news beside a later one. */
const TOLD: JudgePorts['statuses'] = { read: () => undefined }

/**
 * From the raw journal to the log. The order on disk is dead letters and log, then dedupe set and marks, then the mark
 * goes out; the raw cursor follows within a moment. The log is the truth: after a crash anywhere, the dedupe set is
 * brought up to the log's end before anything is taken, and what the cursor had not passed is read again, known by its
 * keys.
 */
export function pipeline(ports: PipelinePorts) {
  const { log, cursor, state, deadLetters, downlink, clock } = ports
  const seen = dedupeSet(state)
  const passed = marks(state, () => clock.now())
  const status = statuses(state)
  const totals = noCounts()
  let sequence = 0
  /** Raw entries up to here were taken before, and `status` knows what they said and what was said later. */
  let takenBefore = 0

  function passEvent(site: string, agent: string, event: WaytraceEvent): void {
    passed.pass(site, agent, event.spool, Number(event.sequence))
    if (event.type !== 'waytrace.gap.v1') return
    const { spool = event.spool, fromSequence, toSequence } = event.data
    const from = Number(fromSequence ?? Number.NaN)
    const to = Number(toSequence ?? Number.NaN)
    if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to) passed.pass(site, agent, spool, from, to)
  }

  function collect(record: RawRecord, position: number, judgement: Judgement, batch: Omit<Batch, 'changes'>): void {
    const { sender } = judgement
    const { receivedAt } = record
    if (sender !== undefined) {
      const head = { receivedAt, site: sender.site, agent: sender.agent }
      for (const { event, json } of judgement.events) {
        if (seen.take(event)) {
          batch.encoded.push(encodeAccepted(head, json ?? numbered(event)))
          if (isOdd(event.time, receivedAt)) batch.counts.oddTimes++
        } else batch.counts.duplicates++
        // Facts that ingest states itself are no part of an agent's spool.
        if (sender.kind === 'agent' && json !== undefined) passEvent(sender.site, sender.agent, event)
      }
    }
    for (const [index, refused] of judgement.refused.entries()) {
      batch.letters.push(letter(record, position, index, refused))
      if (refused.place !== undefined && sender?.kind === 'agent')
        passed.pass(sender.site, sender.agent, refused.place.spool, refused.place.sequence)
    }
    if (judgement.birth && sender !== undefined) batch.births.push({ site: sender.site, agent: sender.agent })
  }

  function numbered(event: WaytraceEvent): Uint8Array {
    return Buffer.from(JSON.stringify({ ...event, sequence: String(++sequence).padStart(20, '0') }))
  }

  function seal(): Batch['changes'] {
    const ids = seen.seal()
    const statusChanges = status.seal()
    const { moved, write } = passed.seal()
    const at = sequence
    return {
      moved,
      write() {
        ids.write()
        statusChanges.write()
        write()
        void state.meta.put('sequence', at)
      },
      written() {
        ids.written()
        statusChanges.written()
      },
    }
  }

  async function save(changes: Batch['changes'], logEnd: number, rawEnd?: number): Promise<void> {
    await state.commit(() => {
      changes.write()
      void state.meta.put('logEnd', logEnd)
      if (rawEnd !== undefined) void state.meta.put('rawEnd', rawEnd)
    })
    changes.written()
  }

  return {
    counters: totals as Readonly<PipelineCounters>,
    marks: passed as Pick<typeof passed, 'of' | 'all'>,
    /**
     * Forgets what is not on disk and brings dedupe set and marks up to the log's end; says by how many events. Throws
     * `OpsError('JOURNAL_CORRUPT')` when the log is shorter than what is known of it.
     */
    async recover(): Promise<number> {
      seen.discard()
      passed.discard()
      status.discard()
      sequence = Number(state.meta.get('sequence') ?? 0)
      // A raw journal that ends earlier is another one: nothing of it was taken.
      const rawEnd = Number(state.meta.get('rawEnd') ?? 0)
      takenBefore = rawEnd <= ports.journal.stats().last ? rawEnd : 0
      let end = Number(state.meta.get('logEnd') ?? 0)
      const { last } = log.stats()
      if (end > last)
        throw new OpsError('JOURNAL_CORRUPT', `ingest filled the log to ${end}, and it ends at ${last}: restore both`)
      let caughtUp = 0
      while (end < last) {
        const entries = log.read(end + 1, CATCH_UP)
        if (entries.length === 0) break
        for (const { position, bytes } of entries) {
          const { site, agent, event } = decodeLogRecord(bytes)
          end = position
          seen.take(event)
          if (event.spool === state.spool) sequence = Math.max(sequence, Number(event.sequence))
          else if (site !== 'centre') passEvent(site, agent, event)
        }
        caughtUp += entries.length
        await save(seal(), end)
      }
      return caughtUp
    },
    /** Judges raw entries, in order and without a gap after the last ones. Touches memory only. */
    prepare(entries: readonly Entry[]): Batch {
      const counts = { ...noCounts(), messages: entries.length }
      const batch = { last: 0, encoded: [], letters: [], births: [], counts } as Omit<Batch, 'changes'>
      for (const { position, bytes } of entries) {
        const record = decodeRawRecord(bytes)
        const known = position <= takenBefore ? TOLD : status
        const judgement = judge(record, { enrolments: ports.enrolments, statuses: known, spool: state.spool })
        collect(record, position, judgement, batch)
        batch.last = position
      }
      counts.accepted = batch.encoded.length
      counts.deadLettered = batch.letters.length
      return { ...batch, changes: seal() }
    },
    /** Puts batches on disk, in the order they were prepared, one at a time. Resolves when the raw cursor may pass. */
    async commit({ last, encoded, letters, births, counts, changes }: Batch): Promise<void> {
      if (letters.length > 0) await deadLetters.add(...letters)
      let logEnd = Number(state.meta.get('logEnd') ?? 0)
      if (encoded.length > 0) logEnd = (await number(log, encoded)) + encoded.length - 1
      await save(changes, logEnd, last)
      cursor.passed(last)
      for (const mark of changes.moved) downlink?.mark(mark)
      for (const { site, agent } of births) downlink?.born(site, agent)
      for (const name of Object.keys(counts) as (keyof PipelineCounters)[]) totals[name] += counts[name]
    },
  }
}

function noCounts(): PipelineCounters {
  return { messages: 0, accepted: 0, duplicates: 0, deadLettered: 0, oddTimes: 0 }
}

/** Its id follows from where it lay: read again after a crash, it is stored over itself. */
function letter(record: RawRecord, position: number, index: number, refused: Judgement['refused'][number]): DeadLetter {
  const { error, payload } = refused
  return {
    id: `${record.receivedAt.toString(36).padStart(9, '0')}-${position}-${index}`,
    receivedAt: record.receivedAt,
    topic: record.topic,
    origin: record.origin.name,
    code: error.code,
    message: error.message,
    issues: error.issues.map(({ path, message }) => ({ path, message })),
    payload,
  }
}

function isOdd(time: string, receivedAt: number): boolean {
  const at = Date.parse(time)
  return at > receivedAt + DAY_MS || at < SANE_SINCE
}
