/** A timer that can be called off; cancelling twice is harmless. */
export interface Timer {
  cancel(): void
}

/** The only source of time. `now` is UTC ms and may run fast or jump; timers of a real clock run on real time. */
export interface Clock {
  now(): number
  /** Ms since some moment, at the pace of `now`, that no change of the wall clock moves: shows that `now` jumped. */
  monotonic?(): number
  after(ms: number, run: () => void): Timer
  every(ms: number, run: () => void): Timer
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's clock. Timers are unreferenced: a process lives by its servers, not by its timers. */
export function systemClock(now?: () => number): Clock {
  return {
    // Another `now` has a pace of its own, which the machine's monotonic clock would not follow.
    ...(now === undefined ? { now: () => Date.now(), monotonic: () => performance.now() } : { now }),
    after(ms, run) {
      const handle = setTimeout(run, ms)
      handle.unref()
      return { cancel: () => clearTimeout(handle) }
    },
    every(ms, run) {
      const handle = setInterval(run, ms)
      handle.unref()
      return { cancel: () => clearInterval(handle) }
    },
    sleep(ms, signal) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(handle)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const handle = setTimeout(done, ms)
        signal?.addEventListener('abort', done, { once: true })
        if (signal?.aborted) done()
      })
    },
  }
}
