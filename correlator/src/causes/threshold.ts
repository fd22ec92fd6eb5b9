import { llr } from './llr.ts'
import type { Screen } from './screen.ts'

const EULER = 0.5772156649

/**
 * The scan score that quiet blocks exceed with this chance. `maxima`: the largest score of each quiet block (at least
 * two); a Gumbel distribution is fitted to them by its moments, as for other maxima of many weakly dependent scores.
 */
export function gumbelThreshold(maxima: readonly number[], chance: number): number {
  const mean = maxima.reduce((sum, value) => sum + value, 0) / maxima.length
  const variance = maxima.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (maxima.length - 1)
  const beta = Math.sqrt(6 * variance) / Math.PI
  return mean - EULER * beta - beta * Math.log(-Math.log1p(-chance))
}

/**
 * The largest scan scores when the present alarms of a kind are dealt to its fresh orders at random, once per replicate:
 * what chance alone would show among these groups. `unit` gives numbers in [0, 1). Naturally clustered false alarms are
 * torn apart by this, so the threshold must also be tried on real quiet history.
 */
export function permutedMaxima(screen: Screen, kind: string, replicates: number, unit: () => number): number[] {
  const counters = screen.counters(kind)
  const orders = counters.countedOrders()
  const { size, total, n } = counters
  return Array.from({ length: replicates }, () => {
    const k = new Map<number, number>()
    // The first `total` places of a random order of all: a Fisher-Yates shuffle that stops early.
    for (let i = 0; i < total; i++) {
      const j = i + Math.floor(unit() * (orders.length - i))
      const drawn = orders[j] as number
      orders[j] = orders[i] as number
      orders[i] = drawn
      for (const group of counters.groupsOf(drawn)) k.set(group, (k.get(group) ?? 0) + 1)
    }
    let most = 0
    for (const [group, count] of k) if (count >= 2) most = Math.max(most, llr(count, n[group] as number, total, size))
    return most
  })
}
