import type { Clock } from '@waytrace/standard/process'
import { purgeStep, type TooOld } from './adapters/embedded/purge.ts'
import { openEventTables } from './adapters/embedded/tables.ts'
import { openDeadLetterTables, purgeDeadLetters } from './dead-letters.ts'
import { openLmdbFolder } from './lmdb-folder.ts'
import { compactChanges, openOrderTables } from './projections/order-book.ts'

/** How long each class of data is kept, in ms; an absent class for ever. Orders, custody and identities are not aged. */
export interface RetentionPolicy {
  /** Measurements, by their own time, and events that only report measurements, by when they were received. */
  readingsMs?: number
  /** Every event of the embedded store, by when it was received. The log has a retention of its own. */
  eventsMs?: number
  deadLettersMs?: number
}

export interface Retention {
  /** Deletes a little, so that readers and writers hardly wait. True when there may be more. */
  step(): Promise<boolean>
  close(): Promise<void>
}

/** Blocks, chunks or letters per step: a commit of a few milliseconds. */
const STEP = 100

/**
 * Deletes what the policy no longer keeps from the folder of the embedded store and Knowledge. InfluxDB ages its
 * points itself: by the retention policy of the database (1.x), of the bucket (2.x) or of the table (3).
 */
export function retention(path: string, policy: RetentionPolicy, clock: Clock): Retention {
  const folder = openLmdbFolder(path)
  const events = openEventTables(folder)
  const orders = openOrderTables(folder.root)
  const letters = openDeadLetterTables(folder.root)
  return {
    async step() {
      const now = clock.now()
      const old: TooOld = {}
      if (policy.readingsMs !== undefined) old.readingsBefore = now - policy.readingsMs
      if (policy.eventsMs !== undefined) old.eventsBefore = now - policy.eventsMs
      const more = [purgeStep(folder, events, old, STEP), folder.commit(() => compactChanges(orders, STEP))]
      if (policy.deadLettersMs !== undefined)
        more.push(purgeDeadLetters(folder, letters, now - policy.deadLettersMs, STEP))
      return more.includes(true)
    },
    close: () => folder.close(),
  }
}
