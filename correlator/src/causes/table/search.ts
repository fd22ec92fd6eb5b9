import type { Cuboid } from './cuboids.ts'
import { type LeafModel, type Moments, moments } from './leaf-model.ts'

/** A combination of attribute values, as a cause or as a rival of one. */
export interface Candidate {
  cuboid: Cuboid
  code: number
  rows: Int32Array
}

export interface Named extends Candidate {
  level: number
  /** ln likelihood gained by this cause beside the others, in nats. */
  gain: number
}

/** Candidates weighed exactly after the quick pass over all combinations. */
const SHORTLIST = 16
const MAX_CAUSES = 10
const MAX_MOVES = 30
/** What a cause costs beyond its name: one fitted level. */
const LEVEL_COST = 2

/** What a cause must gain, in nats, to be worth naming. */
export const costOf = ({ cuboid }: Candidate) => cuboid.nameCost + LEVEL_COST

/**
 * The set of causes that explains the table best: the best single addition, removal or exchange until none gains.
 * Holds the levels of all rows under the present set.
 */
export class Search {
  readonly causes: Named[] = []
  readonly #model: LeafModel
  readonly #cuboids: readonly Cuboid[]
  readonly #levels: Float64Array
  readonly #moments: Moments
  readonly #sums: Moments
  readonly #touched: Uint8Array
  /** Fitted levels: they depend on a candidate's rows alone, not on the other causes. */
  readonly #fitted = new Map<Cuboid, Map<number, number>>()

  readonly #shortlists = new Map<string, Candidate[]>()

  constructor(model: LeafModel, cuboids: readonly Cuboid[], start: readonly Candidate[] = []) {
    this.#model = model
    this.#cuboids = cuboids
    this.#levels = new Float64Array(model.rows).fill(model.neutral)
    this.#moments = moments(model.rows)
    this.#sums = moments(Math.max(0, ...cuboids.map(({ size }) => size)))
    this.#touched = new Uint8Array(model.rows)
    for (const candidate of start) this.#add({ ...candidate, level: model.fit(candidate.rows), gain: 0 })
  }

  /** Additions alone: quick, good enough to learn the noise from what is left. */
  sketch(): this {
    while (this.#extend());
    return this
  }

  run(): this {
    for (let move = 0; move < MAX_MOVES; move++) if (!this.#remove() && !this.#exchange() && !this.#extend()) break
    for (const cause of this.causes) cause.gain = this.#without(cause, () => this.gainOf(cause).gain)
    this.causes.sort((a, b) => b.gain - a.gain)
    return this
  }

  /** The model with noise and background estimated under the present causes. */
  refinedModel(): LeafModel {
    return this.#model.refined(this.#levels, this.touched())
  }

  /** 1 for rows in a cause. */
  touched(): Uint8Array {
    const touched = new Uint8Array(this.#model.rows)
    for (const { rows } of this.causes) for (const i of rows) touched[i] = 1
    return touched
  }

  /** Level and gain of one more cause. */
  gainOf(candidate: Candidate, level = this.#fit(candidate)): { level: number; gain: number } {
    const model = this.#model
    const { rows } = candidate
    let gain = 0
    for (const i of rows) {
      const old = this.#levels[i] as number
      const next = old === model.neutral ? level : model.stronger(old, level)
      if (next !== old) gain += model.ll(i, next) - model.ll(i, old)
    }
    return { level, gain }
  }

  /** The best candidates for one more cause, best first, by gain less cost. */
  rivals(): Named[] {
    return this.#shortlist()
      .map((candidate) => ({ ...candidate, ...this.gainOf(candidate) }))
      .sort((a, b) => b.gain - costOf(b) - (a.gain - costOf(a)))
  }

  /** What `work` finds while the cause is set aside. */
  without<T>(cause: Named, work: () => T): T {
    return this.#without(cause, work)
  }

  /** Twice the gain of every combination of a size, under the present causes: the spread that is left. */
  leftSpread(minRows: number): Map<number, number[]> {
    const spread = new Map<number, number[]>()
    this.#scan((cuboid, gains) => {
      // Where combinations have fewer rows than that on average, the few larger ones are not worth the time.
      if (cuboid.size * minRows > cuboid.codes.length) return
      const layer = spread.get(cuboid.attributes.length) ?? []
      for (let c = 0; c < cuboid.size; c++) if (cuboid.count(c) >= minRows) layer.push(2 * Math.abs(gains[c] as number))
      spread.set(cuboid.attributes.length, layer)
    })
    return spread
  }

  #fit({ cuboid, code, rows }: Candidate): number {
    let levels = this.#fitted.get(cuboid)
    if (levels === undefined) {
      levels = new Map()
      this.#fitted.set(cuboid, levels)
    }
    let level = levels.get(code)
    if (level === undefined) {
      level = this.#model.fit(rows)
      levels.set(code, level)
    }
    return level
  }

  #extend(): boolean {
    if (this.causes.length >= MAX_CAUSES) return false
    const [best] = this.rivals()
    if (best === undefined || best.gain <= costOf(best)) return false
    this.#add(best)
    return true
  }

  /** Undoes an early wrong pick between nested combinations. */
  #exchange(): boolean {
    for (const cause of [...this.causes]) {
      const better = this.#without(cause, () => {
        const kept = this.gainOf(cause).gain - costOf(cause)
        const [best] = this.rivals()
        const same = best?.cuboid === cause.cuboid && best.code === cause.code
        return best !== undefined && !same && best.gain - costOf(best) > kept + 1e-6 ? best : undefined
      })
      if (better === undefined) continue
      this.drop(cause)
      this.#add(better)
      return true
    }
    return false
  }

  #remove(): boolean {
    for (const cause of this.causes)
      if (this.#without(cause, () => this.gainOf(cause)).gain <= costOf(cause)) {
        this.drop(cause)
        return true
      }
    return false
  }

  #add(cause: Named): void {
    this.causes.push(cause)
    this.#raise(cause)
  }

  drop(cause: Named): void {
    this.causes.splice(this.causes.indexOf(cause), 1)
    this.#lower(cause)
  }

  #without<T>(cause: Named, work: () => T): T {
    const at = this.causes.indexOf(cause)
    this.causes.splice(at, 1)
    this.#lower(cause)
    const result = work()
    this.causes.splice(at, 0, cause)
    this.#raise(cause)
    return result
  }

  #raise({ rows, level }: Named): void {
    const { neutral, stronger } = this.#model
    for (const i of rows) {
      const old = this.#levels[i] as number
      this.#levels[i] = old === neutral ? level : stronger(old, level)
    }
  }

  /** Takes a cause that is no longer in `causes` out of the levels. */
  #lower(gone: Named): void {
    for (const i of gone.rows) {
      this.#levels[i] = this.#model.neutral
      this.#touched[i] = 1
    }
    for (const cause of this.causes) {
      const rows = cause.rows.filter((i) => this.#touched[i] === 1)
      if (rows.length > 0) this.#raise({ ...cause, rows })
    }
    for (const i of gone.rows) this.#touched[i] = 0
  }

  /** Kept for each set of causes: the search comes back to the same sets again and again. */
  #shortlist(): Candidate[] {
    const key = this.causes
      .map(({ cuboid, code }) => `${cuboid.attributes.join()}=${code}`)
      .sort()
      .join(' ')
    let list = this.#shortlists.get(key)
    if (list === undefined) {
      list = this.#bestOfAll()
      this.#shortlists.set(key, list)
    }
    return list
  }

  #bestOfAll(): Candidate[] {
    const best: { cuboid: Cuboid; code: number; net: number }[] = []
    let bar = Number.NEGATIVE_INFINITY
    this.#scan((cuboid, gains) => {
      for (let code = 0; code < cuboid.size; code++) {
        const net = (gains[code] as number) - cuboid.nameCost
        if (net <= bar || (gains[code] as number) <= 1) continue
        best.push({ cuboid, code, net })
        if (best.length < 2 * SHORTLIST) continue
        best.sort((a, b) => b.net - a.net)
        best.length = SHORTLIST
        bar = best.at(-1)?.net ?? bar
      }
    })
    best.sort((a, b) => b.net - a.net)
    return best.slice(0, SHORTLIST).map(({ cuboid, code }) => ({ cuboid, code, rows: cuboid.members(code) }))
  }

  #scan(visit: (cuboid: Cuboid, gains: Float64Array) => void): void {
    const { x, y, z } = this.#moments
    this.#model.moments(this.#levels, this.#moments)
    for (const cuboid of this.#cuboids) {
      const { codes, size } = cuboid
      const sx = this.#sums.x.subarray(0, size).fill(0)
      const sy = this.#sums.y.subarray(0, size).fill(0)
      const sz = this.#sums.z.subarray(0, size).fill(0)
      for (let i = 0; i < codes.length; i++) {
        const code = codes[i] as number
        if (code < 0) continue
        sx[code] = (sx[code] as number) + (x[i] as number)
        sy[code] = (sy[code] as number) + (y[i] as number)
        sz[code] = (sz[code] as number) + (z[i] as number)
      }
      for (let code = 0; code < size; code++)
        sx[code] = this.#model.gain(sx[code] as number, sy[code] as number, sz[code] as number)
      visit(cuboid, sx)
    }
  }
}
