import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dropDeadline, newDeadlines, setDeadline, takeDue } from './deadlines.ts'

it('gives back each key once, at its newest time, in order', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), at: fc.nat(50), drop: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.nat(50), (steps, now) => {
      const deadlines = newDeadlines()
      const wanted = new Map<string, number>()
      for (const { key, at, drop } of steps) {
        if (drop) {
          dropDeadline(deadlines, key)
          wanted.delete(key)
        } else {
          setDeadline(deadlines, key, at)
          wanted.set(key, at)
        }
      }
      const due = [...wanted].filter(([, at]) => at <= now).sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
      expect(takeDue(deadlines, now)).toEqual(due.map(([key]) => key))
      expect(takeDue(deadlines, now)).toEqual([])
    }),
  )
})
