/** Two-sided cumulative sum: many small steps to one side that no single reading shows. */
export interface Cusum {
  up: number
  down: number
}

export const newCusum = (): Cusum => ({ up: 0, down: 0 })

/** A sum this high has left no doubt; it also bounds how long one is remembered. */
const CAP = 20

/** `z` is the reading's distance from its reference in standard deviations, weighted by the share of a step it stands for. */
export function accumulate(cusum: Cusum, z: number, share: number, slack = 0.5): void {
  cusum.up = Math.min(CAP, Math.max(0, cusum.up + (z - slack) * share))
  cusum.down = Math.min(CAP, Math.max(0, cusum.down + (-z - slack) * share))
}

/** -1..1: how surely the series drifts, and to which side. */
export function drift({ up, down }: Cusum): number {
  return (up - down) / CAP
}
