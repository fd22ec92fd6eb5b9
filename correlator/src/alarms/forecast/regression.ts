/** Recursive least squares with several targets over the same inputs; `p` is the shared covariance, row by row. */
export interface Regression {
  weights: number[][]
  p: number[]
}

/** Starts from weights that are believed as much as `trust` unit-variance observations of each input. */
export function newRegression(weights: readonly (readonly number[])[], trust: number): Regression {
  const n = weights[0]?.length ?? 0
  const p = new Array<number>(n * n).fill(0)
  for (let i = 0; i < n; i++) p[i * n + i] = 1 / trust
  return { weights: weights.map((row) => [...row]), p }
}

export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** Learns one observation: `inputs` and `targets` divided by the noise's standard deviation. */
export function learn(state: Regression, inputs: readonly number[], targets: readonly number[], memory: number): void {
  const n = inputs.length
  const { p, weights } = state
  const px = new Array<number>(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += (p[i * n + j] as number) * (inputs[j] as number)
    px[i] = sum
  }
  const forget = 1 - 1 / memory
  const scale = 1 / (forget + dot(inputs, px))
  weights.forEach((row, k) => {
    const error = (targets[k] as number) - dot(row, inputs)
    for (let i = 0; i < n; i++) row[i] = (row[i] as number) + (px[i] as number) * scale * error
  })
  let trace = 0
  for (let i = 0; i < n; i++) trace += p[i * n + i] as number
  // Inputs that say nothing for days must not blow the covariance up: forgetting stops at the start's uncertainty.
  const inflate = trace < n ? 1 / forget : 1
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const value = ((p[i * n + j] as number) - (px[i] as number) * (px[j] as number) * scale) * inflate
      p[i * n + j] = value
      p[j * n + i] = value
    }
}
