import { type Clock, scaledClock, systemClock } from '@waytrace/standard/process'

/** What another thread needs to run on the same clock; absent for the machine's own. */
export interface SharedClock {
  start: number
  speed: number
  speedAfter: number
  /** Real UTC ms at which it said `start`. */
  origin: number
}

export function clockOf(shared: SharedClock | undefined): Clock {
  return shared === undefined ? systemClock() : scaledClock(shared)
}
