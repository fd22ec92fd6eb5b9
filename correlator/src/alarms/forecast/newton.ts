import { indexFrom, type Window } from './window.ts'

/** Time constants learnt for each state of the box (door, compressor): mean of ln tau (ms) and how many saw it. */
export type LearntTau = Record<string, { mean: number; n: number }>

/** An exponential approach to `target`: T(t) = target + (T0 - target) e^(-t/tau). */
export interface Approach {
  target: number
  tauMs: number
}

const MAX_STATES = 16

/**
 * The approach that the readings since `from` follow, or undefined where they do not show one. It is shown when the speed
 * falls off with the level (a line through speed against level explains most of it), or when tau is known for this
 * state and the readings move steadily.
 */
export function fitApproach(window: Window, from: number, known?: { mean: number; n: number }): Approach | undefined {
  const first = indexFrom(window, from)
  const n = window.at.length - first - 1
  if (n < 4) return undefined
  let meanS = 0
  let meanL = 0
  let signs = 0
  for (let i = first + 1; i <= first + n; i++) {
    const { speed, level } = step(window, i)
    meanS += speed / n
    meanL += level / n
    signs += Math.sign(speed)
  }
  // One direction throughout: sampling noise about a resting level looks like an approach as well.
  if (Math.abs(signs) < n) return undefined
  let ll = 0
  let ls = 0
  let ss = 0
  for (let i = first + 1; i <= first + n; i++) {
    const { speed, level } = step(window, i)
    ll += (level - meanL) ** 2
    ls += (level - meanL) * (speed - meanS)
    ss += (speed - meanS) ** 2
  }
  const span = (window.at[first + n] as number) - (window.at[first] as number)
  if (ll > 0 && ss > 0 && ls < 0 && (ls * ls) / (ll * ss) > 0.8) {
    const tauMs = -ll / ls
    if (tauMs > span / 8 && tauMs < span * 4) return { target: meanL + meanS * tauMs, tauMs }
  }
  if (known === undefined || known.n < 3) return undefined
  const tauMs = Math.exp(known.mean)
  return { target: meanL + meanS * tauMs, tauMs }
}

function step(window: Window, i: number): { speed: number; level: number } {
  const [a, b] = [window.value[i - 1] as number, window.value[i] as number]
  return { speed: (b - a) / ((window.at[i] as number) - (window.at[i - 1] as number)), level: (a + b) / 2 }
}

/** Remembers a time constant that was seen in a state; the last few dozen count. */
export function learnTau(learnt: LearntTau, state: string, tauMs: number): void {
  const known = learnt[state]
  if (known === undefined) {
    if (Object.keys(learnt).length < MAX_STATES) learnt[state] = { mean: Math.log(tauMs), n: 1 }
    return
  }
  known.n = Math.min(known.n + 1, 30)
  known.mean += (Math.log(tauMs) - known.mean) / known.n
}

/** Where the approach leads in `aheadMs`. */
export function approachAt({ target, tauMs }: Approach, value: number, aheadMs: number): number {
  return target + (value - target) * Math.exp(-aheadMs / tauMs)
}

/** tau ln((T0 - Ta) / (Tlim - Ta)), ms: exists only when the limit lies between the value and the target. */
export function approachTime({ target, tauMs }: Approach, value: number, limit: number): number | undefined {
  const ratio = (value - target) / (limit - target)
  return ratio >= 1 && Number.isFinite(ratio) ? tauMs * Math.log(ratio) : undefined
}
