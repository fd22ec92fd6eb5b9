import type { Clock } from './clock.ts'

export interface BackoffOptions {
  /** Upper end of the first wait, default 250 ms. */
  firstMs?: number
  /** No wait is longer, default 30 s. */
  maxMs?: number
  /** In [0, 1), default `Math.random`. */
  random?: () => number
}

export interface Backoff {
  /** Ms to wait before the next attempt: full jitter below a bound that doubles, so that many clients spread out. */
  next(): number
  /** It worked: the next wait is short again. */
  reset(): void
  /** Failures since the last reset. */
  readonly attempts: number
}

export function backoff({ firstMs = 250, maxMs = 30_000, random = Math.random }: BackoffOptions = {}): Backoff {
  let attempts = 0
  return {
    next() {
      const bound = Math.min(maxMs, firstMs * 2 ** Math.min(attempts, 40))
      attempts++
      return Math.floor(random() * bound)
    },
    reset() {
      attempts = 0
    },
    get attempts() {
      return attempts
    },
  }
}

export interface RetryOptions extends BackoffOptions {
  clock: Clock
  /** Ends the waiting: the last error is thrown. */
  signal?: AbortSignal
  /** Whether an error is worth another attempt; default every one. */
  again?: (error: unknown) => boolean
}

/** Repeats `attempt` until it works. Throws its error when `again` refuses it or `signal` aborts. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const wait = backoff(options)
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (options.signal?.aborted || options.again?.(error) === false) throw error
      await options.clock.sleep(wait.next(), options.signal)
      if (options.signal?.aborted) throw error
    }
  }
}
