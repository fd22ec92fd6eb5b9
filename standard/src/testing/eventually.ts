import { systemClock } from '../process/clock.ts'

export interface EventuallyOptions {
  /** Default 10 s: long, because it is only spent when the test fails. */
  timeoutMs?: number
  intervalMs?: number
}

/**
 * Repeats `check` until it neither throws nor returns false, and gives back what it returned. After the time-out it
 * throws what `check` threw last.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 10 }: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const clock = systemClock()
  const deadline = clock.now() + timeoutMs
  for (;;) {
    let problem: unknown
    try {
      const result = await check()
      if (result !== false) return result as Exclude<T, false>
      problem = new Error(`still false after ${timeoutMs} ms: ${check}`)
    } catch (error) {
      problem = error
    }
    if (clock.now() >= deadline) throw problem
    await clock.sleep(intervalMs)
  }
}
