/** The daily round: how far each hour of the day usually lies from the day's level. Hours count from the first reading. */
export interface Season {
  from: number
  mean: number[]
  n: number[]
}

const DAY = 86_400_000
const BINS = 24
/** Days that count. */
const MEMORY = 10

export const newSeason = (from: number): Season => ({
  from,
  mean: new Array<number>(BINS).fill(0),
  n: new Array<number>(BINS).fill(0),
})

/** `share` is the share of an hour that this deviation stands for. */
export function noteSeason(season: Season, at: number, deviation: number, share: number): void {
  const bin = binAt(season, at)
  const n = Math.min(MEMORY, (season.n[bin] as number) + share)
  season.n[bin] = n
  season.mean[bin] = (season.mean[bin] as number) + (deviation - (season.mean[bin] as number)) * (share / n)
}

/** How much the usual day moves from now to the higher of its places in the middle and at the end of the time ahead. */
export function seasonAhead(season: Season, at: number, aheadMs: number): number {
  const now = usual(season, at)
  const half = usual(season, at + aheadMs / 2)
  const end = usual(season, at + aheadMs)
  if (now === undefined || half === undefined || end === undefined) return 0
  return Math.max(half, end) - now
}

/** Between the middles of two hours; undefined until both were seen on two days. */
function usual(season: Season, at: number): number | undefined {
  const place = ((((at - season.from) % DAY) + DAY) % DAY) / (DAY / BINS) - 0.5
  const low = Math.floor(place)
  const a = (low + BINS) % BINS
  const b = (low + 1) % BINS
  const [nA, nB] = [season.n[a] as number, season.n[b] as number]
  if (nA < 1.5 || nB < 1.5) return undefined
  const part = place - low
  return (season.mean[a] as number) * (1 - part) + (season.mean[b] as number) * part
}

function binAt(season: Season, at: number): number {
  return Math.floor(((((at - season.from) % DAY) + DAY) % DAY) / (DAY / BINS)) % BINS
}
