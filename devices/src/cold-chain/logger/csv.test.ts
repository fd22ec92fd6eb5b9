import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { joinCells, splitCells } from './csv.ts'

it('keeps delimiters and doubled quotes inside quotes', () => {
  expect(splitCells('a;"b;c";"say ""no"""; d ;', ';')).toEqual(['a', 'b;c', 'say "no"', 'd', ''])
})

it('takes apart what it joins', () => {
  const cell = fc.string().filter((text) => !/[\r\n]/.test(text))
  const cells = fc.array(cell, { minLength: 1 })
  return fc.assert(
    fc.property(cells, fc.constantFrom(',', ';', '\t'), (given, delimiter) => {
      expect(splitCells(joinCells(given, delimiter), delimiter)).toEqual(given)
    }),
  )
})

it('refuses a quote that does not end, and text behind one', () => {
  expect(() => splitCells('"a', ',')).toThrowError(/does not end/)
  expect(() => splitCells('"a"b,c', ',')).toThrowError(/behind/)
})
