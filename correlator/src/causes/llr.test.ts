import fc from 'fast-check'
import { expect, test } from 'vitest'
import { llr } from './llr.ts'

test('five of five alarmed among 25 of 2000 gives 22.4410 nats', () => {
  expect(llr(5, 5, 25, 2000)).toBeCloseTo(22.441, 4)
})

test('a group no worse than the rest, too small, or the whole world scores nothing', () => {
  expect(llr(1, 10, 20, 100)).toBe(0)
  expect(llr(2, 2, 10, 100)).toBe(0)
  expect(llr(10, 100, 10, 100)).toBe(0)
})

const counts = fc
  .tuple(fc.nat(40), fc.nat(40), fc.nat(200), fc.nat(2000))
  .map(([k, quiet, c, rest]) => ({ k, n: k + quiet, total: k + c, size: k + quiet + c + rest }))

test('a quiet order inside the group never raises its score', () => {
  fc.assert(
    fc.property(counts, ({ k, n, total, size }) => {
      fc.pre(n >= 3)
      expect(llr(k, n + 1, total, size + 1)).toBeLessThanOrEqual(llr(k, n, total, size) + 1e-9)
    }),
  )
})

test('one more alarm inside the group never lowers its score while it is suspect', () => {
  fc.assert(
    fc.property(counts, ({ k, n, total, size }) => {
      fc.pre(k < n && llr(k, n, total, size) > 0)
      expect(llr(k + 1, n, total + 1, size)).toBeGreaterThanOrEqual(llr(k, n, total, size) - 1e-9)
    }),
  )
})
