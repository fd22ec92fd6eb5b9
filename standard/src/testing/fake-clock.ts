import type { Clock, Timer } from '../process/clock.ts'

export interface FakeClock extends Clock {
  /** Lets `ms` pass: timers fire in the order they are due, and what they start settles in between. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock, as an operator or NTP does: timers do not notice. */
  jumpTo(now: number): void
  /** How many timers are running: 0 after a clean stop. */
  readonly pending: number
}

interface Waiting {
  due: number
  order: number
  run: () => void
}

/** A clock that stands still until told; its timers follow it. Begins at `start`, UTC ms. */
export function fakeClock(start = Date.UTC(2026, 0, 15, 8)): FakeClock {
  let wall = start
  /** Time since the clock was made: timers count on it, so a jump of the wall clock leaves them alone. */
  let elapsed = 0
  let made = 0
  const waiting = new Set<Waiting>()

  function after(ms: number, run: () => void): Timer {
    const timer = { due: elapsed + Math.max(0, ms), order: made++, run }
    waiting.add(timer)
    return { cancel: () => void waiting.delete(timer) }
  }

  function next(until: number): Waiting | undefined {
    let first: Waiting | undefined
    for (const timer of waiting) {
      if (timer.due > until) continue
      if (first === undefined || timer.due < first.due || (timer.due === first.due && timer.order < first.order))
        first = timer
    }
    return first
  }

  function pass(to: number): void {
    wall += to - elapsed
    elapsed = to
  }

  return {
    now: () => wall,
    monotonic: () => elapsed,
    after,
    every(ms, run) {
      let timer: Timer
      const again = () => {
        timer = after(ms, again)
        run()
      }
      timer = after(ms, again)
      return { cancel: () => timer.cancel() }
    },
    sleep(ms, signal) {
      return new Promise((resolve) => {
        const done = () => {
          timer.cancel()
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = after(ms, done)
        signal?.addEventListener('abort', done, { once: true })
        if (signal?.aborted) done()
      })
    },
    async advance(ms) {
      const until = elapsed + ms
      await settle()
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        waiting.delete(timer)
        pass(timer.due)
        timer.run()
        await settle()
      }
      pass(until)
    },
    jumpTo(now) {
      wall = now
    },
    get pending() {
      return waiting.size
    },
  }
}

/** Promise chains that need no I/O run to their end before an immediate does. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
