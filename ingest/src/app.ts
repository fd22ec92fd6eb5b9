import { OpsError } from '@waytrace/standard'
import type { Cursor } from '@waytrace/standard/journal'
import { backoff, type Timer } from '@waytrace/standard/process'
import { type IngestOptions, ingestConfig } from './config.ts'
import { logAlarms } from './log-alarms.ts'
import { outbox } from './outbox.ts'
import { type PipelineCounters, pipeline } from './pipeline.ts'
import type { IngestPorts, Mark } from './ports.ts'
import { readRaw } from './sources/journal.ts'
import { type LazyCursor, lazyCursor } from './sources/lazy-cursor.ts'
import { enrolmentCache } from './stages/identity.ts'
import { type IngestState, openState } from './state.ts'
import { createWriters } from './writers/writers.ts'

export interface IngestStats extends PipelineCounters {
  state: 'ok' | 'degraded'
  reasons: string[]
  rawBehind: number
  logBehind: Record<string, number>
}

export interface Ingest {
  start(): Promise<void>
  /** Finishes the batch in hand, then closes its folder. Idempotent. */
  stop(): Promise<void>
  stats(): IngestStats
  /** The newest mark of every agent. */
  marks(): Mark[]
}

type Pipeline = ReturnType<typeof pipeline>

/** Below this share of a full batch, the next one waits for the journal's next word. */
const SMALL = 0.25

/** The raw journal's required cursor. */
export const RAW_CURSOR = 'ingest'

/** Ingest: raw journal -> log -> stores, and the marks on their way down. */
export function createIngest(options: IngestOptions, ports: IngestPorts): Ingest {
  const config = ingestConfig.parse(options)
  const { journal, log, clock, logger } = ports
  const enrolments = enrolmentCache(ports.knowledge.identities, clock, config.identitySeconds * 1000)
  const wait = backoff()
  const stopping = new AbortController()
  let state: IngestState | undefined
  let cursor: LazyCursor | undefined
  let pipe: Pipeline | undefined
  let commands: ReturnType<typeof outbox> | undefined
  let loop: Promise<void> = Promise.resolve()
  let wake: () => void = () => {}
  let unsubscribe: () => void = () => {}
  let trimmer: Timer | undefined
  let stopped: Promise<void> | undefined
  let trouble: OpsError | undefined
  /** The last raw entry that is done with, its mark on the way. */
  let taken = 0
  const alarms = logAlarms(config, ports)
  const writers = createWriters(config, ports)

  /** Until the stop, or an error: the next batch is judged while the last one is on its way to the disk. */
  async function drain(pipe: Pipeline, raw: Pick<Cursor, 'read'>, cursor: LazyCursor): Promise<void> {
    const caughtUp = await pipe.recover()
    if (caughtUp > 0) logger.info({ events: caughtUp }, 'dedupe set brought up to the log')
    for (const mark of pipe.marks.all()) ports.downlink?.mark(mark)
    await cursor.settle()
    let after = cursor.position
    let inFlight: Promise<void> = Promise.resolve()
    try {
      while (!stopping.signal.aborted) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        cursor.check()
        const entries = readRaw(raw, after, config)
        if (entries.length === 0) {
          await inFlight
          await woken
          continue
        }
        const batch = pipe.prepare(entries)
        after = batch.last
        await inFlight
        inFlight = pipe.commit(batch).then(() => {
          taken = batch.last
          trouble = undefined
          wait.reset()
        })
        // It is awaited a turn later; its failure ends the waiting before that.
        inFlight.catch(() => wake())
        // A small batch costs as many flushes as a full one, and publishers wait for the same disk: let some gather.
        if (entries.length < config.batchMessages * SMALL && raw.read(1, after).length === 0) await woken
      }
    } finally {
      await inFlight
    }
  }

  async function work(pipe: Pipeline, raw: Pick<Cursor, 'read'>, cursor: LazyCursor): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await drain(pipe, raw, cursor)
      } catch (error) {
        trouble =
          error instanceof OpsError ? error : new OpsError('STORE_UNAVAILABLE', 'ingest failed', { cause: error })
        if (!(error instanceof OpsError) || error.disposition !== 'retry') {
          logger.error({ err: error }, 'ingest cannot go on')
          ports.onFatal?.(error)
          return
        }
        logger.warn({ err: error }, 'ingest waits and tries again')
        await clock.sleep(wait.next(), stopping.signal)
      }
    }
  }

  async function halt(): Promise<void> {
    stopping.abort()
    unsubscribe()
    wake()
    trimmer?.cancel()
    alarms.stop()
    await loop
    await cursor?.settle().catch((err: unknown) => logger.warn({ err }, 'the raw cursor was not moved'))
    await commands?.stop()
    await writers.stop()
    await state?.close()
    logger.info({ ...pipe?.counters }, 'ingest stopped')
  }

  return {
    async start() {
      state = openState(config.statePath, clock.now())
      const raw = await journal.cursor(RAW_CURSOR, { required: true })
      cursor = lazyCursor(raw, clock, () => wake())
      taken = cursor.position
      const { downlink } = ports
      const common = { journal, log, cursor, state, deadLetters: ports.knowledge.deadLetters, enrolments, clock }
      if (downlink === undefined) pipe = pipeline(common)
      else {
        const { identities } = ports.knowledge
        const box = outbox({ log, state, identities, downlink, clock, logger, deployment: config.deployment })
        const born = (site: string, agent: string) => {
          downlink.born(site, agent)
          box.born(site, agent)
        }
        pipe = pipeline({ ...common, downlink: { mark: (mark) => downlink.mark(mark), born } })
        commands = box
      }
      await commands?.start()
      await writers.start()
      unsubscribe = journal.onAppend(() => wake())
      loop = work(pipe, raw, cursor)
      alarms.start(state.spool)
      trimmer = clock.every(config.trimSeconds * 1000, () => {
        journal.trim().catch((err: unknown) => logger.warn({ err }, 'the raw journal was not trimmed'))
      })
      logger.info({ rawBehind: journal.stats().last - cursor.position }, 'ingest started')
    },
    stop() {
      stopped ??= halt()
      return stopped
    },
    stats() {
      const reasons = [...alarms.reasons(), ...writers.reasons()]
      if (trouble !== undefined) reasons.push(`ingest: ${trouble.message}`)
      return {
        ...(pipe?.counters ?? { messages: 0, accepted: 0, duplicates: 0, deadLettered: 0, oddTimes: 0 }),
        state: reasons.length === 0 ? 'ok' : 'degraded',
        reasons,
        rawBehind: cursor === undefined ? 0 : journal.stats().last - taken,
        logBehind: writers.behind(),
      }
    },
    marks: () => pipe?.marks.all() ?? [],
  }
}
