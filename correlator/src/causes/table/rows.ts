import { type Issue, OpsError } from '@waytrace/standard'

/** The columns that are counts; every other column is an attribute. */
const COUNTS = ['n', 'k', 'expected'] as const
type Count = (typeof COUNTS)[number]

/** Faults beyond these are counted, not listed. */
const MAX_ISSUES = 20

/** A checked table in columns: attribute values as small integers, counts as numbers. */
export interface Table {
  rows: number
  attributes: Attribute[]
  /** What was observed or counted: alarmed orders, or the value itself beside `expected`. */
  k: Float64Array
  n: Float64Array | undefined
  expected: Float64Array | undefined
}

export interface Attribute {
  name: string
  values: string[]
  /** Index into `values` for each row; -1 where the cell is empty: such a row has no value here. */
  codes: Int32Array
}

/**
 * Checks a table of text cells as it comes from a CSV file with a header. `names` are the columns in the file's order.
 * Throws `OpsError('INPUT_INVALID')` naming each row (the header is line 1) and column at fault.
 */
export function readTable(names: readonly string[], records: readonly Readonly<Record<string, string>>[]): Table {
  const has = (name: Count) => names.includes(name)
  const wanting: Issue[] = []
  if (!has('k')) wanting.push({ path: 'k', message: 'column k (alarmed) is missing' })
  if (!has('n') && !has('expected'))
    wanting.push({ path: 'n', message: 'column n (observed) is missing, and there is no column expected instead' })
  const attributeNames = names.filter((name) => !(COUNTS as readonly string[]).includes(name))
  if (attributeNames.length === 0) wanting.push({ path: 'attributes', message: 'there is no attribute column' })
  const twice = names.filter((name, i) => names.indexOf(name) !== i)
  for (const name of new Set(twice)) wanting.push({ path: name, message: `column ${name} is there twice` })
  refuse(wanting)
  if (records.length === 0) refuse([{ path: 'line 2', message: 'the table has no rows' }])

  const issues: Issue[] = []
  const complain = (row: number, column: string, what: string) =>
    issues.push({ path: `line ${row + 2}, column ${column}`, message: `line ${row + 2}, column ${column}: ${what}` })
  const column = (name: Count) => {
    if (!has(name)) return undefined
    const values = new Float64Array(records.length)
    for (let i = 0; i < records.length; i++) {
      const cell = records[i]?.[name]?.trim() ?? ''
      const value = cell === '' ? Number.NaN : Number(cell)
      if (!Number.isFinite(value)) complain(i, name, `a number is wanted, got "${cell}"`)
      else if (value < 0) complain(i, name, `${cell} is negative`)
      values[i] = value
    }
    return values
  }
  const n = column('n')
  const k = column('k') ?? new Float64Array()
  const expected = column('expected')
  if (n !== undefined)
    for (let i = 0; i < k.length; i++)
      if ((k[i] ?? 0) > (n[i] ?? 0)) complain(i, 'k', `${k[i]} alarmed of only ${n[i]} observed`)
  refuse(issues)
  const attributes = attributeNames.map((name) => attribute(name, records))
  return { rows: records.length, attributes, k, n, expected }
}

function attribute(name: string, records: readonly Readonly<Record<string, string>>[]): Attribute {
  const index = new Map<string, number>()
  const codes = new Int32Array(records.length)
  for (let i = 0; i < records.length; i++) {
    const value = records[i]?.[name]?.trim() ?? ''
    if (value === '') {
      codes[i] = -1
      continue
    }
    let code = index.get(value)
    if (code === undefined) {
      code = index.size
      index.set(value, code)
    }
    codes[i] = code
  }
  return { name, values: [...index.keys()], codes }
}

function refuse(issues: Issue[]): void {
  if (issues.length === 0) return
  const shown = issues.slice(0, MAX_ISSUES).map(({ message }) => message)
  if (issues.length > MAX_ISSUES) shown.push(`and ${issues.length - MAX_ISSUES} more`)
  throw new OpsError('INPUT_INVALID', shown.join('; '), { issues: issues.slice(0, MAX_ISSUES) })
}
