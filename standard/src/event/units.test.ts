import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUANTITIES } from './quantities.ts'
import { convert, UNITS, unitSymbol } from './units.ts'

describe('units', () => {
  it.each([
    [0, 'CEL', 'FAH', 32],
    [46.4, 'FAH', 'CEL', 8],
    [-40, 'FAH', 'CEL', -40],
    [25, 'CEL', 'KEL', 298.15],
    [36, 'KMH', 'MTS', 10],
    [1013.25, 'A97', 'PAL', 101325],
    [50, 'P1', 'C62', 0.5],
  ])('turn %f %s into %s', (value, from, to, expected) => {
    expect(convert(value, from, to)).toBe(expected)
  })

  it('come back as they went', () => {
    const codes = Object.keys(UNITS)
    const pair = fc.constantFrom(...codes).chain((from) =>
      fc.record({
        from: fc.constant(from),
        to: fc.constantFrom(...codes.filter((code) => UNITS[code]?.dimension === UNITS[from]?.dimension)),
        value: fc.double({ min: -1000, max: 1000, noNaN: true }),
      }),
    )
    fc.assert(
      fc.property(pair, ({ from, to, value }) => {
        expect(convert(convert(value, from, to), to, from)).toBeCloseTo(value, 5)
      }),
    )
  })

  it('are known for every quantity a device can measure', () => {
    for (const quantity of Object.values(QUANTITIES)) if ('uom' in quantity) expect(UNITS).toHaveProperty(quantity.uom)
  })

  it('do not convert what is not alike', () => {
    expect(() => convert(1, 'CEL', 'KGM')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
    expect(() => convert(1, 'CEL', 'toString')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it('are shown by their symbol, unknown ones by their code', () => {
    expect(unitSymbol('CEL')).toBe('°C')
    expect(unitSymbol('XYZ')).toBe('XYZ')
  })
})
