/** x ln y, with 0 ln 0 = 0. */
export const xlogy = (x: number, y: number) => (x === 0 ? 0 : x * Math.log(y))

/** Groups smaller than this are never suspects: two orders are a coincidence. */
export const MIN_MEMBERS = 3

/**
 * Kulldorff's Bernoulli scan statistic, in nats: how much better the alarms are explained when the group has a rate of
 * its own. `k` of the group's `n` orders and `total` of all `size` orders are alarmed. 0 when the group is not worse
 * than the rest, smaller than `MIN_MEMBERS`, or everything there is.
 */
export function llr(k: number, n: number, total: number, size: number): number {
  const c = total - k
  const m = size - n
  if (n < MIN_MEMBERS || m <= 0 || k * m <= c * n) return 0
  return (
    xlogy(k, k / n) +
    xlogy(n - k, 1 - k / n) +
    xlogy(c, c / m) +
    xlogy(m - c, 1 - c / m) -
    xlogy(total, total / size) -
    xlogy(size - total, 1 - total / size)
  )
}
