import { OpsError } from '@waytrace/standard'
import { type Cursor, decodeLogRecord, type Entry, type Journal } from '@waytrace/standard/journal'
import { backoff, type Clock } from '@waytrace/standard/process'
import type { AcceptedEvent, DeadLetter, EventStore, Knowledge, Projection } from '@waytrace/store'
import type { Log } from '../ports.ts'

export interface WriterPorts {
  log: Journal
  store: Pick<EventStore, 'write'>
  /** Fed with the same events after the store has them. */
  projection?: Projection | undefined
  knowledge: { deadLetters: Pick<Knowledge['deadLetters'], 'add'> }
  clock: Clock
  logger: Log
}

export interface StoreWriter {
  readonly name: string
  /** Number of the last event written. */
  readonly position: number
  start(): Promise<void>
  stop(): Promise<void>
  /** Why it does not get on, if it does not. */
  reasons(): string[]
}

/** A commit costs the processor and the disk about as much for one event as for hundreds: after a small one, wait. */
const GATHER_MS = 20
const SMALL = 0.25

/**
 * From the log into one store, by a required cursor, one batch in flight: the log holds what the store has not. A store
 * that is down is tried again with growing pauses; rows it refuses for good go to the dead letters.
 */
export function storeWriter(name: string, { writeEvents }: { writeEvents: number }, ports: WriterPorts): StoreWriter {
  const { log, store, projection, clock, logger } = ports
  const wait = backoff({ maxMs: 10_000 })
  const stopping = new AbortController()
  let cursor: Cursor | undefined
  let loop: Promise<void> = Promise.resolve()
  let wake: () => void = () => {}
  let unsubscribe: () => void = () => {}
  let trouble: OpsError | undefined
  /** What the store's last refusal asked for (`Retry-After`). */
  let askedToWaitMs = 0

  async function work(cursor: Cursor): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      const entries = cursor.read(writeEvents)
      if (entries.length === 0) {
        await woken
        continue
      }
      try {
        await write(entries.map(accepted))
        await cursor.commit(entries.at(-1)?.position ?? 0)
        if (trouble !== undefined) logger.info({ store: name }, 'the store takes events again')
        trouble = undefined
        wait.reset()
        if (entries.length < writeEvents * SMALL) await clock.sleep(GATHER_MS, stopping.signal)
      } catch (error) {
        const before = trouble
        trouble =
          error instanceof OpsError ? error : new OpsError('STORE_UNAVAILABLE', `${name} failed`, { cause: error })
        // Once per outage: the state is in stats.
        if (before === undefined)
          logger.warn({ err: error, store: name }, 'the store does not take events; the log holds them')
        await clock.sleep(Math.max(wait.next(), askedToWaitMs), stopping.signal)
      }
    }
  }

  async function write(batch: readonly AcceptedEvent[]): Promise<void> {
    const { rejected, retry, retryAfterMs } = await store.write(batch)
    askedToWaitMs = retryAfterMs ?? 0
    if (retry !== undefined) throw retry
    const letters = rejected.flatMap(({ index, error }) => {
      const event = batch[index]
      return event === undefined ? [] : [refusedRow(name, event, error)]
    })
    if (letters.length > 0) await ports.knowledge.deadLetters.add(...letters)
    await projection?.apply(batch)
  }

  return {
    name,
    get position() {
      return cursor?.position ?? 0
    },
    async start() {
      cursor = await log.cursor(name, { required: true })
      unsubscribe = log.onAppend(() => wake())
      loop = work(cursor)
    },
    async stop() {
      stopping.abort()
      unsubscribe()
      wake()
      await loop
    },
    reasons: () => (trouble === undefined ? [] : [`${name}: ${trouble.message}`]),
  }
}

function accepted({ position, bytes }: Entry): AcceptedEvent {
  return { position, bytes, ...decodeLogRecord(bytes) }
}

function refusedRow(store: string, { position, bytes: _, ...record }: AcceptedEvent, error: OpsError): DeadLetter {
  return {
    id: `${record.receivedAt.toString(36).padStart(9, '0')}-${store}-${position}`,
    receivedAt: record.receivedAt,
    topic: `log/${position}`,
    origin: `${record.site}/${record.agent}`,
    code: error.code,
    message: `${store} refused it: ${error.message}`,
    issues: error.issues.map(({ path, message }) => ({ path, message })),
    payload: Buffer.from(JSON.stringify(record.event)),
  }
}
