/** The readings of the last hours in bins, oldest first: a bounded memory, however fast the device reports. */
export interface Window {
  /** UTC ms of the first reading of each bin. */
  at: number[]
  /** Mean of each bin. */
  value: number[]
  /** Readings in each bin. */
  count: number[]
}

export const emptyWindow = (): Window => ({ at: [], value: [], count: [] })

/**
 * Adds a reading and forgets what is older than `spanMs` before the newest. A late reading takes its place in time; one
 * that is older than the window changes nothing. Bins begin with a reading, so that a shift of all times changes nothing.
 */
export function addToWindow(window: Window, at: number, value: number, binMs: number, spanMs: number): void {
  const newest = window.at.at(-1) ?? at
  if (at < newest - spanMs) return
  let i = window.at.length
  while (i > 0 && (window.at[i - 1] as number) > at) i -= 1
  const start = window.at[i - 1]
  if (start !== undefined && at - start < binMs) {
    const count = (window.count[i - 1] as number) + 1
    window.count[i - 1] = count
    window.value[i - 1] = (window.value[i - 1] as number) + (value - (window.value[i - 1] as number)) / count
  } else {
    window.at.splice(i, 0, at)
    window.value.splice(i, 0, value)
    window.count.splice(i, 0, 1)
  }
  const oldest = Math.max(newest, at) - spanMs
  let gone = 0
  while (gone < window.at.length && (window.at[gone] as number) < oldest) gone += 1
  if (gone > 0) for (const column of [window.at, window.value, window.count]) column.splice(0, gone)
}

/** Index of the first bin that begins at or after `from`. */
export function indexFrom(window: Window, from: number): number {
  let i = window.at.length
  while (i > 0 && (window.at[i - 1] as number) >= from) i -= 1
  return i
}
