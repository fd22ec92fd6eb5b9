import { countedModel } from './counted.ts'
import { type Cuboid, cuboids } from './cuboids.ts'
import { expectedModel } from './expected.ts'
import { type LeafModel, quantile } from './leaf-model.ts'
import type { Table } from './rows.ts'
import { type Candidate, costOf, type Named, Search } from './search.ts'

/** A combination of attribute values that many deviating rows share. */
export interface TableCause {
  attributes: Record<string, string>
  /** Observed in its rows; the sum of `expected` where the table has no n. */
  n: number
  /** Alarmed in its rows; the sum of the values where the table has `expected`. */
  k: number
  nOutside: number
  kOutside: number
  /** ln of how much more probable the table is with this cause than without it, averaged over how strong it may be. */
  logBayesFactor: number
  /** Other combinations that the table cannot tell from this one (odds below 20 : 1). */
  ambiguousWith: Record<string, string>[]
  /** Sum of `expected` in its rows, where the table has it. */
  expected?: number
}

export interface TableCauses {
  causes: TableCause[]
  /** Alarms above the background that no cause explains; with `expected`, what deviates clearly outside all causes. */
  unexplained: number
}

/** Rivals within this many nats are published beside the name: odds of 20 : 1. */
const AMBIGUOUS_NATS = 3
/** A cause that gains less than this share of the strongest is taken for structure of the background. */
const LEAST_SHARE = 0.02
const MEDIAN_OF_CHI_SQUARED = 0.455

/**
 * Names the attribute combinations that explain the alarms of a table (k of n), or the deviations from `expected`, up
 * or down. Pure; equal tables give equal answers, in any order of their rows.
 */
export function tableCauses(table: Table): TableCauses {
  const sets = cuboids(table)
  let model: LeafModel = table.expected === undefined ? countedModel(table) : expectedModel(table)
  let search = new Search(model, sets).sketch()
  model = search.refinedModel()
  search = new Search(model, sets, search.causes).run()
  prune(search, model)
  const causes = search.causes.map((cause) => describe(cause, search, model, sets, table))
  return { causes, unexplained: unexplained(search, model, table) }
}

/** Drops what is no stronger than the structure left among groups that are in no cause. */
function prune(search: Search, model: LeafModel): void {
  const excess = new Map<number, number>()
  for (const [layer, squares] of search.leftSpread(5)) {
    const middle = quantile(Float64Array.from(squares).sort(), 0.5)
    excess.set(layer, squares.length < 10 ? 1 : Math.max(1, middle / MEDIAN_OF_CHI_SQUARED))
  }
  const strongest = Math.max(0, ...search.causes.map(({ gain }) => gain))
  for (const cause of [...search.causes]) {
    const gain = cause.gain / (excess.get(cause.cuboid.attributes.length) ?? 1)
    if (gain <= costOf(cause) || cause.gain < LEAST_SHARE * strongest || !model.matters(cause.level)) search.drop(cause)
  }
}

function describe(cause: Named, search: Search, model: LeafModel, sets: readonly Cuboid[], table: Table): TableCause {
  const { logBayesFactor, rivals } = search.without(cause, () => {
    const levels = model.grid(cause.level)
    const gains = levels.map((level) => search.gainOf(cause, level).gain)
    return { logBayesFactor: logMean(gains), rivals: search.rivals() }
  })
  const twins = sets.flatMap((cuboid) => twinOf(cause, cuboid))
  const close = rivals.filter(
    (rival) => !isSame(rival, cause) && rival.gain - costOf(rival) > cause.gain - costOf(cause) - AMBIGUOUS_NATS,
  )
  const ambiguous: Candidate[] = []
  for (const rival of [...twins, ...close])
    if (![cause, ...ambiguous].some((known) => isSame(known, rival) || saysMore(rival, known))) ambiguous.push(rival)
  const inside = sums(table, cause.rows)
  const all = sums(table)
  return {
    attributes: valuesOf(cause, table),
    n: inside.n,
    k: inside.k,
    nOutside: all.n - inside.n,
    kOutside: all.k - inside.k,
    logBayesFactor,
    ambiguousWith: ambiguous.map((rival) => valuesOf(rival, table)),
    ...(table.expected === undefined ? {} : { expected: inside.expected }),
  }
}

/** The combination of this cuboid that has exactly the cause's rows. */
function twinOf(cause: Named, cuboid: Cuboid): Candidate[] {
  const [first] = cause.rows
  const code = first === undefined ? -1 : (cuboid.codes[first] as number)
  if (cuboid === cause.cuboid || code < 0 || cause.rows.some((i) => cuboid.codes[i] !== code)) return []
  const rows = cuboid.members(code)
  return rows.length === cause.rows.length ? [{ cuboid, code, rows }] : []
}

const isSame = (a: Candidate, b: Candidate) => a.cuboid === b.cuboid && a.code === b.code

/** The same rows with more attributes named: a longer way to say the same. */
const saysMore = (rival: Candidate, known: Candidate) =>
  rival.rows.length === known.rows.length &&
  known.cuboid.attributes.every((attribute) => rival.cuboid.attributes.includes(attribute)) &&
  rival.rows[0] === known.rows[0]

function valuesOf({ cuboid, rows }: Candidate, { attributes }: Table): Record<string, string> {
  const [row = 0] = rows
  return Object.fromEntries(
    cuboid.attributes.map((index) => {
      const attribute = attributes[index]
      return [attribute?.name ?? '', attribute?.values[attribute.codes[row] ?? 0] ?? '']
    }),
  )
}

function sums({ k, n, expected, rows: count }: Table, rows?: Int32Array) {
  const sum = { n: 0, k: 0, expected: 0 }
  for (let at = 0; at < (rows?.length ?? count); at++) {
    const i = rows === undefined ? at : (rows[at] as number)
    sum.k += k[i] as number
    sum.expected += expected?.[i] ?? 0
    sum.n += (n ?? expected)?.[i] ?? 0
  }
  return sum
}

function logMean(gains: readonly number[]): number {
  const most = Math.max(...gains)
  return most + Math.log(gains.reduce((sum, gain) => sum + Math.exp(gain - most), 0) / gains.length)
}

function unexplained(search: Search, model: LeafModel, { k, n, expected, rows }: Table): number {
  const touched = search.touched()
  let sum = 0
  for (let i = 0; i < rows; i++) {
    if (touched[i]) continue
    if (expected === undefined) sum += (k[i] as number) - (n?.[i] ?? 0) * model.neutral
    else if (model.ll(i, model.neutral) < CLEARLY) sum += Math.abs((k[i] as number) - (expected[i] as number))
  }
  return Math.max(0, sum)
}

/** ln probability, against the most probable value, of a row that deviates by more than about three scales. */
const CLEARLY = -3
