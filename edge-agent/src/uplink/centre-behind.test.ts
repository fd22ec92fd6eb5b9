import { expect, it } from 'vitest'
import { centreBehind } from './centre-behind.ts'

/** A spool whose mark is at 100 and whose oldest event is `first`. */
function spoolFrom(first: number) {
  const spool = { mark: 100, first }
  const stats = () => ({ first: spool.first }) as never
  return Object.assign(spool, { stats })
}

it('says nothing of a centre that knows as much as it said, or more', () => {
  const centre = centreBehind(spoolFrom(80))
  expect(centre.heard(100)).toBe('as-usual')
  expect(centre.heard(130)).toBe('as-usual')
  expect(centre.base).toBe(100)
  expect(centre.undeclared()).toBeUndefined()
})

it('goes back once to what the spool still holds, and declares once what it does not', () => {
  const centre = centreBehind(spoolFrom(80))
  expect(centre.heard(10)).toBe('rewind')
  expect(centre.base).toBe(79)
  expect(centre.undeclared()).toEqual({ from: 11, to: 79 })
  expect(centre.undeclared()).toBeUndefined()
  expect(centre.heard(10)).toBe('behind')
  expect(centre.heard(85)).toBe('behind')
  expect(centre.base).toBe(85)
  expect(centre.heard(100)).toBe('as-usual')
})

it('declares nothing while the spool holds all that the centre lost', () => {
  const centre = centreBehind(spoolFrom(5))
  expect(centre.heard(40)).toBe('rewind')
  expect(centre.base).toBe(40)
  expect(centre.undeclared()).toBeUndefined()
})

it('declares more when the spool drops more, and looks anew at each connection and each loss', () => {
  const spool = spoolFrom(80)
  const centre = centreBehind(spool)
  centre.heard(10)
  expect(centre.undeclared()).toEqual({ from: 11, to: 79 })
  spool.first = 90
  expect(centre.undeclared()).toEqual({ from: 11, to: 89 })
  centre.forget()
  expect(centre.base).toBe(100)
  expect(centre.heard(10)).toBe('rewind')
  expect(centre.undeclared()).toBeUndefined()
  expect(centre.heard(3)).toBe('rewind')
  expect(centre.undeclared()).toEqual({ from: 4, to: 89 })
})
