import { OpsError } from '@waytrace/standard'
import {
  type Cursor,
  decodeLogRecord,
  decodeRawRecord,
  type Entry,
  type Journal,
  type RawRecord,
} from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { DeadLetter, Knowledge } from '@waytrace/store'
import type { Downlink, Mark } from './ports.ts'
import { dedupeSet } from './stages/dedupe.ts'
import type { EnrolmentCache } from './stages/identity.ts'
import { type Judgement, judge } from './stages/judge.ts'
import { marks } from './stages/mark.ts'
import { encodeAccepted, number } from './stages/number.ts'
import { UNNUMBERED } from './stages/own-fact.ts'
import { statuses } from './stages/status.ts'
import type { IngestState } from './state.ts'

export interface PipelinePorts {
  log: Journal
  cursor: Cursor
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

/** One batch on its way: judged in memory, nothing on disk yet. */
interface Batch {
  last: number
  encoded: Uint8Array[]
  letters: DeadLetter[]
  births: { site: string; agent: string }[]
  duplicates: number
  oddTimes: number
  messages: number
}

const CATCH_UP = 5000
const DAY_MS = 86_400_000
const SANE_SINCE = Date.UTC(2020, 0, 1)

/**
 * From the raw journal to the log. The order on disk is dead letters and log, then dedupe set and marks, then the raw
 * cursor, then the mark goes out. The log is the truth: after a crash anywhere, the dedupe set is brought up to the
 * log's end before anything is taken, and what the cursor had not passed is read again, known by its keys.
 */
export function pipeline(ports: PipelinePorts) {
  const { log, cursor, state, deadLetters, downlink, clock } = ports
  const seen = dedupeSet(state)
  const passed = marks(state, () => clock.now())
  const status = statuses(state)
  const counters: PipelineCounters = { messages: 0, accepted: 0, duplicates: 0, deadLettered: 0, oddTimes: 0 }
  let sequence = 0

  function catchUp(entries: readonly Entry[]): number {
    let end = 0
    for (const { position, bytes } of entries) {
      const { site, agent, event } = decodeLogRecord(bytes)
      end = position
      seen.take(event)
      if (event.spool === state.spool) sequence = Math.max(sequence, Number(event.sequence))
      else if (site !== 'centre') passEvent(site, agent, event)
    }
    return end
  }

  function passEvent(site: string, agent: string, event: ReturnType<typeof decodeLogRecord>['event']): void {
    passed.pass(site, agent, event.spool, Number(event.sequence))
    if (event.type !== 'waytrace.gap.v1') return
    const { spool = event.spool, fromSequence, toSequence } = event.data
    const from = Number(fromSequence ?? Number.NaN)
    const to = Number(toSequence ?? Number.NaN)
    if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to) passed.pass(site, agent, spool, from, to)
  }

  function collect(record: RawRecord, position: number, judgement: Judgement, batch: Batch): void {
    const { sender } = judgement
    const { receivedAt } = record
    for (const event of judgement.events) {
      if (sender === undefined) break
      const { site, agent } = sender
      const own = event.sequence === UNNUMBERED && event.spool === state.spool
      const tracked = sender.kind === 'agent' && !own
      try {
        if (!seen.take(event)) batch.duplicates++
        else {
          const numbered = own ? { ...event, sequence: String(++sequence).padStart(20, '0') } : event
          batch.encoded.push(encodeAccepted({ receivedAt, site, agent, event: numbered }))
          if (isOdd(event.time, receivedAt)) batch.oddTimes++
        }
      } catch (error) {
        if (!(error instanceof OpsError) || error.disposition !== 'reject') throw error
        batch.letters.push(letter(record, position, batch.letters.length, { error, payload: record.payload }))
      }
      if (tracked) passEvent(site, agent, event)
    }
    for (const refused of judgement.refused) {
      batch.letters.push(letter(record, position, batch.letters.length, refused))
      if (refused.place !== undefined && sender?.kind === 'agent')
        passed.pass(sender.site, sender.agent, refused.place.spool, refused.place.sequence)
    }
    if (judgement.birth && sender !== undefined) batch.births.push(sender)
  }

  async function commit(logEnd: number): Promise<Mark[]> {
    await state.commit(() => {
      seen.write()
      passed.write()
      status.write()
      void state.meta.put('logEnd', logEnd)
      void state.meta.put('sequence', sequence)
    })
    seen.written()
    status.written()
    return passed.written()
  }

  return {
    counters: counters as Readonly<PipelineCounters>,
    marks: passed as Pick<typeof passed, 'of' | 'all'>,
    /** Brings dedupe set and marks up to the log's end. Throws `OpsError('JOURNAL_CORRUPT')` when the log is too short. */
    async recover(): Promise<number> {
      seen.discard()
      passed.discard()
      status.discard()
      sequence = Number(state.meta.get('sequence') ?? 0)
      let end = Number(state.meta.get('logEnd') ?? 0)
      const { last } = log.stats()
      if (end > last)
        throw new OpsError(
          'JOURNAL_CORRUPT',
          `the log ends at ${last}, but ingest has already filled it to ${end}: restore both`,
        )
      let caughtUp = 0
      while (end < last) {
        const entries = log.read(end + 1, CATCH_UP)
        if (entries.length === 0) break
        end = catchUp(entries)
        caughtUp += entries.length
        await commit(end)
      }
      return caughtUp
    },
    /** Takes raw entries, in order and without a gap after the last ones. Resolves when the raw cursor has passed them. */
    async run(entries: readonly Entry[]): Promise<void> {
      const batch: Batch = {
        last: 0,
        encoded: [],
        letters: [],
        births: [],
        duplicates: 0,
        oddTimes: 0,
        messages: entries.length,
      }
      for (const { position, bytes } of entries) {
        const record = decodeRawRecord(bytes)
        const judgement = judge(record, { enrolments: ports.enrolments, statuses: status, spool: state.spool })
        collect(record, position, judgement, batch)
        batch.last = position
      }
      await Promise.all(batch.letters.map((one) => deadLetters.add(one)))
      let logEnd = Number(state.meta.get('logEnd') ?? 0)
      if (batch.encoded.length > 0) logEnd = (await number(log, batch.encoded)) + batch.encoded.length - 1
      const moved = await commit(logEnd)
      await cursor.commit(batch.last)
      for (const mark of moved) downlink?.mark(mark)
      for (const { site, agent } of batch.births) downlink?.born(site, agent)
      counters.messages += batch.messages
      counters.accepted += batch.encoded.length
      counters.duplicates += batch.duplicates
      counters.deadLettered += batch.letters.length
      counters.oddTimes += batch.oddTimes
    },
  }
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
