import fc from 'fast-check'
import { expect, it } from 'vitest'
import { agenda } from './agenda.ts'

it('runs what is planned in the order of time, equal times in the order of planning', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (times) => {
      const plans = agenda()
      const ran: { at: number; i: number }[] = []
      for (const [i, at] of times.entries()) plans.plan(at, () => ran.push({ at, i }))
      plans.runUntil(25)
      plans.runUntil(100)
      const wanted = times.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i)
      expect(ran).toEqual(wanted)
    }),
  )
})

it('runs also what is planned while it runs, up to the bound and no further', () => {
  const plans = agenda()
  const ran: number[] = []
  const again = (at: number) => {
    ran.push(at)
    plans.plan(at + 10, again)
  }
  plans.plan(0, again)
  plans.runUntil(35)
  expect(ran).toEqual([0, 10, 20, 30])
})
