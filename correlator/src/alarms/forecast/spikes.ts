import type { Window } from './window.ts'

/** Median and median absolute deviation of the last `n` bins. */
export function medianAndMad(window: Window, n: number): { median: number; mad: number } | undefined {
  const values = window.value.slice(-n)
  if (values.length < 5) return undefined
  const median = middle(values)
  return { median, mad: middle(values.map((value) => Math.abs(value - median))) }
}

/** Factor from the MAD to the standard deviation of a normal distribution. */
const NORMAL = 1.4826

/**
 * The reading as it is believed. One that jumps out of its neighbourhood is pulled back to the neighbourhood's edge, once:
 * a second one at the same height is a step and no spike, so it is believed. `floor` is what noise alone may do.
 */
export function withoutSpike(
  window: Window,
  value: number,
  before: number | undefined,
  floor: number,
): { value: number; spike: boolean } {
  const around = medianAndMad(window, 9)
  if (around === undefined) return { value, spike: false }
  const reach = Math.max(8 * NORMAL * around.mad, floor)
  const away = value - around.median
  if (Math.abs(away) <= reach) return { value, spike: false }
  if (before !== undefined && Math.abs(value - before) <= Math.max(Math.abs(away) / 2, floor))
    return { value, spike: false }
  return { value: around.median + Math.sign(away) * reach, spike: true }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}
