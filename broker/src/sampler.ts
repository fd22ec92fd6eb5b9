import type { Clock, Timer } from '@waytrace/standard/process'

/** Reports the first of its kind at once and counts the rest until the window ends, then reports the count. */
export interface Sampler<T> {
  note(key: string, what: T): void
  stop(): void
}

/** At most this many kinds are told apart in one window: names come from strangers. */
const MAX_KEYS = 1000

/** `report` gets the first `what` of a key, then, after each window with more, the last one with how many there were. */
export function sampler<T>(clock: Clock, windowMs: number, report: (what: T, count: number) => void): Sampler<T> {
  const seen = new Map<string, { last: T; more: number }>()
  let timer: Timer | undefined

  function close(): void {
    for (const [key, { last, more }] of seen) {
      if (more > 0) {
        report(last, more)
        seen.set(key, { last, more: 0 })
      } else seen.delete(key)
    }
    if (seen.size > 0) return
    timer?.cancel()
    timer = undefined
  }

  return {
    note(key, what) {
      const name = seen.has(key) || seen.size < MAX_KEYS ? key : 'others'
      const known = seen.get(name)
      if (known === undefined) {
        seen.set(name, { last: what, more: 0 })
        timer ??= clock.every(windowMs, close)
        return report(what, 1)
      }
      known.last = what
      known.more++
    },
    stop() {
      timer?.cancel()
      timer = undefined
      for (const { last, more } of seen.values()) if (more > 0) report(last, more)
      seen.clear()
    },
  }
}
