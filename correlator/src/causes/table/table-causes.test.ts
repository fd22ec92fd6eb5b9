import { OpsError } from '@waytrace/standard'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labelledTable, type TableForm } from '../../../bench/tables.ts'
import { readTable } from './rows.ts'
import { tableCauses } from './table-causes.ts'

type Record_ = Record<string, string>

const causesOf = (records: Record_[], names = Object.keys(records[0] ?? {})) => tableCauses(readTable(names, records))
const named = (records: Record_[]) => causesOf(records).causes.map(({ attributes }) => attributes)

/** One row for each truck, leg and product class. */
function grid(row: (truck: number, leg: number, product: number) => Record_): Record_[] {
  const rows: Record_[] = []
  for (let truck = 1; truck <= 8; truck++)
    for (let leg = 1; leg <= 5; leg++)
      for (let product = 1; product <= 3; product++)
        rows.push({ truck: `T${truck}`, leg: `L${leg}`, product: `P${product}`, ...row(truck, leg, product) })
  return rows
}

/** A few per cent off, without chance. */
const wobble = (truck: number, leg: number, product: number) =>
  1 + 0.03 * Math.sin(truck * 12.9 + leg * 78.2 + product * 37.7)

test('one truck with many alarms is named with its counts inside and outside', () => {
  const rows = grid((truck) => ({ n: '20', k: truck === 3 ? '15' : '0' }))
  expect(causesOf(rows)).toMatchObject({
    causes: [{ attributes: { truck: 'T3' }, n: 300, k: 225, nOutside: 2100, kOutside: 0, ambiguousWith: [] }],
    unexplained: 0,
  })
})

test('a cause of two attributes together is named as such, and two causes as two', () => {
  const rows = grid((truck, leg, product) => ({
    n: '20',
    k: (truck === 3 && leg === 2) || product + leg === 8 ? '14' : '0',
  }))
  expect(named(rows)).toEqual(
    expect.arrayContaining([
      { truck: 'T3', leg: 'L2' },
      { leg: 'L5', product: 'P3' },
    ]),
  )
  expect(named(rows)).toHaveLength(2)
})

test.each([
  ['drop', 0.5],
  ['rise', 1.8],
  ['total loss', 0],
])('a %s against the expected value is found', (_, ratio) => {
  const rows = grid((truck, leg, product) => ({
    expected: String(50 * truck),
    k: String(50 * truck * wobble(truck, leg, product) * (leg === 4 ? ratio : 1)),
  }))
  const [cause, ...more] = causesOf(rows).causes
  expect(more).toEqual([])
  expect(cause).toMatchObject({ attributes: { leg: 'L4' }, expected: 50 * 36 * 3 })
})

test('a table where everything is as expected names nobody', () => {
  const rows = grid((truck, leg, product) => ({
    expected: '100',
    k: String(100 * wobble(truck, leg, product)),
  }))
  expect(causesOf(rows)).toEqual({ causes: [], unexplained: 0 })
  expect(named(grid(() => ({ n: '10', k: '0' })))).toEqual([])
  expect(named(grid(() => ({ n: '10', k: '3' })))).toEqual([])
  expect(named(grid(() => ({ expected: '0', k: '0' })))).toEqual([])
})

test('of two names for the same rows the shorter one is given and the other attribute is published as ambiguous', () => {
  const rows = [1, 2, 3, 4, 5, 6].map((i) => ({
    truck: `T${i}`,
    driver: `D${i}`,
    n: '50',
    k: i === 2 ? '30' : '1',
  }))
  const [cause] = causesOf(rows).causes
  expect(cause?.attributes).toEqual({ truck: 'T2' })
  expect(cause?.ambiguousWith).toEqual([{ driver: 'D2' }])
})

test('orders as single rows work like counts', () => {
  const rows = Array.from({ length: 600 }, (_, i) => ({
    truck: `T${i % 20}`,
    dock: `K${i % 7}`,
    n: '1',
    k: i % 20 === 4 || i % 97 === 0 ? '1' : '0',
  }))
  expect(named(rows)).toEqual([{ truck: 'T4' }])
})

test('alarms that have nothing in common are left unexplained', () => {
  const rows = Array.from({ length: 400 }, (_, i) => ({ truck: `T${i % 20}`, n: '1', k: i % 20 === 4 ? '1' : '0' }))
  const { unexplained } = causesOf(rows)
  expect(unexplained).toBeLessThan(1)
})

test('an empty cell is a value that is not known, not a value of its own', () => {
  const rows = grid((truck) => ({ n: '20', k: truck === 3 ? '15' : '0' })).map((row, i) =>
    i % 3 === 0 ? { ...row, leg: '' } : row,
  )
  expect(named(rows)).toEqual([{ truck: 'T3' }])
})

const refusal = (names: string[], records: Record_[]) => {
  try {
    readTable(names, records)
  } catch (error) {
    if (error instanceof OpsError) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}

test.each([
  [['truck', 'n'], [{ truck: 'T', n: '1' }], /column k/],
  [['truck', 'k'], [{ truck: 'T', k: '1' }], /column n .*expected/],
  [['n', 'k'], [{ n: '1', k: '1' }], /no attribute column/],
  [['truck', 'n', 'k'], [], /no rows/],
  [
    ['truck', 'n', 'k'],
    [
      { truck: 'T', n: '3', k: '1' },
      { truck: 'U', n: '-3', k: '0' },
    ],
    /line 3, column n: -3 is negative/,
  ],
  [['truck', 'n', 'k'], [{ truck: 'T', n: '3', k: 'x' }], /line 2, column k: a number is wanted, got "x"/],
  [['truck', 'n', 'k'], [{ truck: 'T', n: '3', k: '' }], /line 2, column k: a number is wanted/],
  [['truck', 'n', 'k'], [{ truck: 'T', n: '3', k: 'Infinity' }], /line 2, column k/],
  [['truck', 'n', 'k'], [{ truck: 'T', n: '3', k: '4' }], /line 2, column k: 4 alarmed of only 3 observed/],
])('bad input is refused by row and column: %j', (names, records, message) => {
  expect(refusal(names as string[], records as Record_[])).toMatch(/^INPUT_INVALID /)
  expect(refusal(names as string[], records as Record_[])).toMatch(message as RegExp)
})

const FORM: TableForm = {
  kind: 'expected',
  sizes: [6, 8, 5],
  density: 0.9,
  causes: 2,
  layer: 2,
  noise: 0.05,
  groupNoise: 0.005,
  strength: 'horizontal',
  sameCuboid: true,
}

test('the order of rows and of columns, and new names, change nothing', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.constantFrom('expected' as const, 'counted' as const), (seed, kind) => {
      const { records, names } = labelledTable(seed, { ...FORM, kind })
      const keys = (rows: Record_[], columns: string[]) =>
        causesOf(rows, columns).causes.map(
          ({ attributes, k }) => `${Object.entries(attributes).sort().join()} ${k.toFixed(3)}`,
        )
      const plain = keys(records, names).sort()
      expect(keys([...records].reverse(), [...names].reverse()).sort()).toEqual(plain)
      const renamed = records.map((row) => ({ ...row, a: `new-${row.a}` }))
      expect(
        keys(renamed, names)
          .map((key) => key.replace('new-', ''))
          .sort(),
      ).toEqual(plain)
    }),
    { numRuns: 12, seed: 3 },
  )
})

test('on generated tables with known causes nearly all are named, and nearly nothing else', () => {
  let [hits, wrong, missed] = [0, 0, 0]
  const key = (attributes: Record_) => Object.entries(attributes).sort().join()
  for (let seed = 1; seed <= 12; seed++) {
    const form: TableForm = { ...FORM, kind: seed % 2 === 0 ? 'counted' : 'expected', layer: 1 + (seed % 2) }
    const { records, causes } = labelledTable(seed, form)
    const found = new Set(named(records).map(key))
    for (const cause of causes) found.has(key(cause)) ? hits++ : missed++
    wrong += found.size
  }
  wrong -= hits
  expect((2 * hits) / (2 * hits + wrong + missed)).toBeGreaterThan(0.9)
})
