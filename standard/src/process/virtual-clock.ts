import { type Clock, systemClock } from './clock.ts'

export interface ScaledClockOptions {
  /** What `now` says at first, UTC ms. In the past: the clock catches up. */
  start: number
  /** Virtual ms per real ms while it is behind. */
  speed: number
  /** Speed once it has met the real clock, default 1. Above 1 it runs ahead of it. */
  speedAfter?: number
  /** The real clock that carries the timers; default the machine's. */
  real?: Clock
  /** Real UTC ms at which `now` said `start`, default now: gives another thread or process the same clock. */
  origin?: number
}

/** A clock whose `now` begins in the past and runs fast until it meets real time; its timers stay on real time. */
export interface ScaledClock extends Clock {
  /** Whether `now` has met the real clock. */
  readonly caughtUp: boolean
  /** Virtual ms per real ms at present. */
  readonly speed: number
  /** Real ms until `now` will be `at`; 0 when it has been. */
  realMsUntil(at: number): number
}

/** The clock of the demo: every rule and freshness check reads it, network timers do not notice. */
export function scaledClock({
  start,
  speed,
  speedAfter = 1,
  real = systemClock(),
  ...shared
}: ScaledClockOptions): ScaledClock {
  if (!(speed > 0) || !(speedAfter > 0)) throw new RangeError('the speed of a clock is above 0')
  const origin = shared.origin ?? real.now()
  const behind = Math.max(0, origin - start)
  // At speed 1 or slower it never meets; then it only has its first speed.
  const meetsAfter = behind === 0 ? 0 : speed > 1 ? behind / (speed - 1) : Number.POSITIVE_INFINITY
  const met = start + meetsAfter * speed

  const virtual = (elapsed: number) =>
    elapsed < meetsAfter ? start + elapsed * speed : met + (elapsed - meetsAfter) * speedAfter
  const caughtUp = () => real.now() - origin >= meetsAfter

  // The real clock's monotonic time has another pace than `now` here.
  const { monotonic: _, ...timers } = real
  return {
    ...timers,
    now: () => Math.floor(virtual(real.now() - origin)),
    get caughtUp() {
      return caughtUp()
    },
    get speed() {
      return caughtUp() ? speedAfter : speed
    },
    realMsUntil(at) {
      const elapsed = real.now() - origin
      const now = virtual(elapsed)
      if (at <= now) return 0
      if (elapsed >= meetsAfter) return (at - now) / speedAfter
      return (Math.min(at, met) - now) / speed + Math.max(0, at - met) / speedAfter
    },
  }
}
