/** Two independent 32-bit hashes of a name: together the 64 bits by which sets of orders are compared. */
export interface Hash {
  low: number
  high: number
}

export function hash64(name: string): Hash {
  let low = 0x811c9dc5
  let high = 0x2b992ddf
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x5bd1e995)
  }
  return { low: mix(low), high: mix(high ^ low) }
}

/** Spreads every bit over all others (the finisher of MurmurHash3). */
function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}
