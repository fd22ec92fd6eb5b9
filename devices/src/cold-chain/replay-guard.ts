import type { FrameCounter } from '../driver.ts'

/** `fresh`: take it and keep `last`. `repeat`: the same frame heard again, drop it quietly. `replay`: refuse and count it. */
export type Freshness = 'fresh' | 'repeat' | 'replay'

export interface Judged {
  verdict: Freshness
  /** The counter to keep, and to hand in with the next frame of this device. */
  last: number
}

/**
 * Judges a frame by the last counter taken from the same device, of which the caller keeps one, durably for `rising`
 * counters. A beacon sends each frame several times and several gateways hear it, so an equal count is a repeat. Under
 * the `rising` rule a lower count is a replay for ever; a device that lost its counter with its battery has to be
 * released by forgetting `last`. Give the counter only after `decode` has accepted the frame: a forged one would
 * otherwise lock the device out.
 */
export function replayGuard(last: number | undefined, { value, rule }: FrameCounter): Judged {
  if (last === undefined) return { verdict: 'fresh', last: value }
  if (value === last) return { verdict: 'repeat', last }
  if (rule === 'rising' && value < last) return { verdict: 'replay', last }
  return { verdict: 'fresh', last: value }
}
