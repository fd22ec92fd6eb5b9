import type { Clock, Timer } from '@waytrace/standard/process'

interface Bucket {
  tokens: number
  waiting: (() => void)[]
}

/** How often buckets are refilled. Ticks, not time stamps: a wall clock that jumps must not stop anyone. */
const TICK_MS = 50

export interface RateGate {
  /** Runs now if the key has a token, else in order as tokens come: delayed, never dropped. */
  enter(key: string, run: () => void): void
  /** Takes a token if there is one. */
  tryEnter(key: string): boolean
  /** How many runs wait now. */
  readonly waiting: number
  stop(): void
}

/** A token bucket per key. Keys whose bucket is full again are forgotten, so the map stays as small as the traffic. */
export function rateGate(clock: Clock, { perSecond, burst }: { perSecond: number; burst: number }): RateGate {
  const buckets = new Map<string, Bucket>()
  let timer: Timer | undefined
  let waiting = 0

  function bucketOf(key: string): Bucket {
    const known = buckets.get(key)
    if (known !== undefined) return known
    const made = { tokens: burst, waiting: [] }
    buckets.set(key, made)
    timer ??= clock.every(TICK_MS, refill)
    return made
  }

  function refill(): void {
    for (const [key, bucket] of buckets) {
      bucket.tokens = Math.min(burst, bucket.tokens + (perSecond * TICK_MS) / 1000)
      const ready = bucket.waiting.splice(0, Math.floor(bucket.tokens))
      bucket.tokens -= ready.length
      waiting -= ready.length
      for (const run of ready) run()
      if (bucket.tokens >= burst && bucket.waiting.length === 0) buckets.delete(key)
    }
    if (buckets.size > 0) return
    timer?.cancel()
    timer = undefined
  }

  function take(bucket: Bucket): boolean {
    if (bucket.waiting.length > 0 || bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }

  return {
    enter(key, run) {
      const bucket = bucketOf(key)
      if (take(bucket)) return run()
      bucket.waiting.push(run)
      waiting++
    },
    tryEnter: (key) => take(bucketOf(key)),
    get waiting() {
      return waiting
    },
    stop() {
      timer?.cancel()
      timer = undefined
      buckets.clear()
      waiting = 0
    },
  }
}
