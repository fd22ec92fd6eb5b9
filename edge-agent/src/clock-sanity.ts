import { isoTime } from './events/local-time.ts'
import { gapEvent, type SelfPorts } from './events/own-facts.ts'
import type { AgentClock, EventDraft } from './ports.ts'

/** A step larger than this is a jump; smaller ones are NTP at work. */
const JUMP_MS = 5000
/** How often the clocks are compared. */
export const COMPARE_MS = 1000

/** Compares the wall clock with the monotonic one: a wall clock that jumps makes a gap event with both times. */
export function clockSanity(clock: AgentClock, self: SelfPorts) {
  let wall = clock.now()
  let steady = clock.monotonic?.() ?? 0
  let offsetMs = 0

  return {
    /** The event of a jump since the last look, if there was one. */
    look(): EventDraft | undefined {
      if (clock.monotonic === undefined) return undefined
      const now = clock.now()
      const ticks = clock.monotonic()
      const expected = wall + (ticks - steady)
      wall = now
      steady = ticks
      const stepMs = now - expected
      offsetMs += stepMs
      if (Math.abs(stepMs) <= JUMP_MS) return undefined
      const times = { clockBefore: isoTime(Math.round(expected)), clockAfter: isoTime(now) }
      return gapEvent(now, { reason: 'clock-jump', ...times }, self)
    },
    /** How far the wall clock has moved against the monotonic one since the start, ms. */
    get offsetMs() {
      return Math.round(offsetMs)
    },
  }
}
