import type { Table } from './rows.ts'

/** All combinations of values of one set of attributes: in a table of truck and leg, "truck", "leg" and "truck and leg". */
export interface Cuboid {
  attributes: readonly number[]
  /** Which combination each row is in; -1 where a cell is empty. */
  codes: Int32Array
  /** How many combinations occur. */
  size: number
  /** ln of the ways to name a combination, more for every attribute: what a cause must gain to be worth its name. */
  nameCost: number
  /** Rows of each combination, built on first use. */
  members(code: number): Int32Array
  /** How many rows that is. */
  count(code: number): number
}

/** Sets of attributes looked at, at most: it bounds the time for tables with dozens of attributes. */
const MAX_CUBOIDS = 180
/** One attribute more must say more, in nats: of two names for the same rows the shorter one wins. */
const PER_ATTRIBUTE = 0.5

/** Combinations of up to all attributes for few attributes, of up to three, two or one for many. */
export function cuboids(table: Table): Cuboid[] {
  // An attribute with one value for all rows distinguishes nothing.
  const useful = table.attributes.flatMap(({ values, codes }, i) =>
    values.length > 1 || codes.some((code) => code < 0) ? [i] : [],
  )
  const found: Cuboid[] = []
  let layer: Cuboid[] = [root(table.rows)]
  let ways = 1
  for (let depth = 1; depth <= useful.length; depth++) {
    if (depth > 1 && found.length + binomial(useful.length, depth) > MAX_CUBOIDS) break
    // Never fewer than one layer up, or a longer name for the same rows could be the cheaper one.
    ways = Math.max(ways, binomial(useful.length, depth))
    layer = layer.flatMap((parent) =>
      useful.filter((i) => i > (parent.attributes.at(-1) ?? -1)).map((i) => refine(parent, i, table, ways)),
    )
    found.push(...layer)
  }
  return found
}

const root = (rows: number): Cuboid => cuboid([], new Int32Array(rows), 1, 1)

function refine(parent: Cuboid, attribute: number, table: Table, ways: number): Cuboid {
  const { codes: own, values } = table.attributes[attribute] as Table['attributes'][number]
  const codes = new Int32Array(own.length)
  const width = values.length
  const numbers = numbering(parent.size * width)
  for (let i = 0; i < own.length; i++) {
    const above = parent.codes[i] as number
    const code = own[i] as number
    codes[i] = above < 0 || code < 0 ? -1 : numbers.of(above * width + code)
  }
  return cuboid([...parent.attributes, attribute], codes, numbers.count(), ways)
}

/** Small numbers for sparse keys, in the order of their first use. */
function numbering(keys: number) {
  let next = 0
  if (keys > 1 << 18) {
    const seen = new Map<number, number>()
    const of = (key: number) => {
      let number = seen.get(key)
      if (number === undefined) {
        number = next++
        seen.set(key, number)
      }
      return number
    }
    return { of, count: () => next }
  }
  const seen = new Int32Array(keys)
  const of = (key: number) => {
    let number = seen[key] as number
    if (number === 0) {
      number = ++next
      seen[key] = number
    }
    return number - 1
  }
  return { of, count: () => next }
}

function cuboid(attributes: readonly number[], codes: Int32Array, size: number, ways: number): Cuboid {
  let starts: Int32Array | undefined
  let order = new Int32Array()
  const build = () => {
    const at = new Int32Array(size + 1)
    for (const code of codes) if (code >= 0) at[code + 1] = (at[code + 1] as number) + 1
    for (let c = 0; c < size; c++) at[c + 1] = (at[c + 1] as number) + (at[c] as number)
    order = new Int32Array(at[size] as number)
    const next = at.slice()
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] as number
      if (code < 0) continue
      order[next[code] as number] = i
      next[code] = (next[code] as number) + 1
    }
    return at
  }
  return {
    attributes,
    codes,
    size,
    nameCost: Math.log(ways) + Math.log(size) + attributes.length * PER_ATTRIBUTE,
    count(code) {
      starts ??= build()
      return (starts[code + 1] as number) - (starts[code] as number)
    },
    members(code) {
      starts ??= build()
      return order.subarray(starts[code], starts[code + 1])
    },
  }
}

function binomial(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i
  return Math.round(ways)
}
