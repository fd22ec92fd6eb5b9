import { tempDir } from '@waytrace/standard/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openState, type SpoolMark } from '../state.ts'
import { advance, marks } from './mark.ts'

test('the mark is the end of the first run without a gap, whatever the order of arrival', () => {
  const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 8 }))
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), (ranges) => {
      const mark: SpoolMark = { contiguous: 0, ranges: [], usedAt: 0 }
      const taken = new Set<number>()
      for (const [from, length] of ranges) {
        advance(mark, from, from + length)
        for (let n = from; n <= from + length; n++) taken.add(n)
        let expected = 0
        while (taken.has(expected + 1)) expected++
        expect(mark.contiguous).toBe(expected)
        const beyond = [...taken].filter((n) => n > expected).sort((a, b) => a - b)
        expect(mark.ranges.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i))).toEqual(beyond)
        for (const [i, [a]] of mark.ranges.entries())
          expect(a).toBeGreaterThan((mark.ranges[i - 1]?.[1] ?? expected) + 1)
      }
    }),
  )
})

test('marks survive a restart, a batch that failed leaves none, and the newest spool is the one told', async () => {
  const path = tempDir('marks')
  let now = 1
  const state = openState(path, 0)
  const first = marks(state, () => now++)
  first.pass('wh1', 'edge1', 'old', 1, 5)
  first.pass('wh1', 'edge1', 'new', 1)
  const sealed = first.seal()
  await state.commit(() => sealed.write())
  first.pass('wh1', 'edge1', 'new', 2)
  first.discard()
  expect(first.of('wh1', 'edge1')).toMatchObject({ spool: 'new', sequence: '1'.padStart(20, '0') })
  await state.close()
  const again = openState(path, 0)
  const second = marks(again, () => now++)
  expect(second.all()).toEqual([{ site: 'wh1', agent: 'edge1', spool: 'new', sequence: '1'.padStart(20, '0') }])
  second.pass('wh1', 'edge1', 'old', 6)
  expect(second.of('wh1', 'edge1')).toMatchObject({ spool: 'old', sequence: '6'.padStart(20, '0') })
  await again.close()
})

test('an agent that makes up spools costs a bounded number of them', async () => {
  const state = openState(tempDir('marks'), 0)
  let now = 1
  const made = marks(state, () => now++)
  for (let n = 0; n < 500; n++) {
    made.pass('wh1', 'edge1', `spool-${n}`, 1)
    const sealed = made.seal()
    await state.commit(() => sealed.write())
  }
  expect(state.marks.getCount()).toBeLessThan(10)
  await state.close()
})
