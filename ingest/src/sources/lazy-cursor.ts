import type { Cursor } from '@waytrace/standard/journal'
import type { Clock, Timer } from '@waytrace/standard/process'

/** A cursor that is moved seldom. */
export interface LazyCursor {
  readonly position: number
  /** Done with everything up to here; on disk some time later. Throws what the last move failed with. */
  passed(position: number): void
  /** Throws what the last move failed with. */
  check(): void
  /** Puts on disk what was passed. */
  settle(): Promise<void>
}

/** A commit takes the journal's one write lock and a flush of its disk, both of which appenders wait for. */
const EVERY_MS = 100

/**
 * Gathers the moves of a cursor whose consumer may read again, after a crash, what it had passed but a moment before.
 * `failed` is called when a move fails while nobody is looking.
 */
export function lazyCursor(cursor: Cursor, clock: Clock, failed: () => void): LazyCursor {
  let wanted = cursor.position
  let timer: Timer | undefined
  let moving: Promise<void> = Promise.resolve()
  let problem: { error: unknown } | undefined

  function check(): void {
    const found = problem
    problem = undefined
    if (found !== undefined) throw found.error
  }

  function move(): Promise<void> {
    timer = undefined
    moving = moving
      .then(() => cursor.commit(wanted))
      .catch((error: unknown) => {
        problem = { error }
        failed()
      })
    return moving
  }

  return {
    get position() {
      return cursor.position
    },
    check,
    passed(position) {
      check()
      wanted = position
      timer ??= clock.after(EVERY_MS, () => void move())
    },
    async settle() {
      if (timer !== undefined) {
        timer.cancel()
        void move()
      }
      await moving
      check()
    },
  }
}
