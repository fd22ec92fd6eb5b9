/**
 * Quantiles of positive numbers to 2 %, by counting them in bins whose ends grow by a constant factor (the idea of
 * DDSketch, Masson et al., VLDB 2019). Unlike a t-digest it gives the same answer whatever the order of arrival, so that a
 * replay after a crash ends where the undisturbed run did. Plain JSON.
 */
export interface Quantiles {
  bins: Record<string, number>
  total: number
}

const ACCURACY = 0.02
const LOG_GAMMA = Math.log((1 + ACCURACY) / (1 - ACCURACY))
/** What is counted before the past fades to half its weight. */
const MEMORY = 4000

export const newQuantiles = (): Quantiles => ({ bins: {}, total: 0 })

export function count(sketch: Quantiles, value: number): void {
  const bin = Math.ceil(Math.log(value) / LOG_GAMMA)
  sketch.bins[bin] = (sketch.bins[bin] ?? 0) + 1
  sketch.total += 1
  if (sketch.total < MEMORY) return
  let total = 0
  for (const key of Object.keys(sketch.bins)) {
    const half = (sketch.bins[key] as number) / 2
    if (half < 0.25) delete sketch.bins[key]
    else {
      sketch.bins[key] = half
      total += half
    }
  }
  sketch.total = total
}

/** The value below which the share `q` of what was counted lies; undefined when nothing was. */
export function quantileOf(sketch: Quantiles, q: number): number | undefined {
  const bins = Object.keys(sketch.bins)
    .map(Number)
    .sort((a, b) => a - b)
  const wanted = q * sketch.total
  let seen = 0
  for (const bin of bins) {
    seen += sketch.bins[bin] as number
    // The middle of the bin, in the measure of relative error.
    if (seen >= wanted) return (2 * Math.exp(bin * LOG_GAMMA)) / (Math.exp(LOG_GAMMA) + 1)
  }
  return undefined
}
