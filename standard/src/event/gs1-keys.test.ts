import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as keys from './gs1-keys.ts'
import { gs1Uri, hasCheckDigit, orderNumber, orderUri, uuidv7 } from './ids.ts'

const prefix = '9521234'
const serial = fc.integer({ min: 0, max: 999 })

describe('GS1 keys', () => {
  it.each([
    ['GTIN-13', keys.isGtin, keys.gtinFrom(prefix, 54321)],
    ['GTIN-14', keys.isGtin, keys.gtinFrom(prefix, 54321, 1)],
    ['SSCC', keys.isSscc, keys.ssccFrom(0, prefix, 1)],
    ['GLN', keys.isGln, keys.glnFrom(prefix, 1)],
    ['GSRN', keys.isGsrn, keys.gsrnFrom(prefix, 121)],
    ['GSIN', keys.isGsin, keys.gsinFrom(prefix, 123456789)],
    ['GRAI', keys.isGrai, keys.graiFrom(prefix, 13, 'S1')],
    ['GDTI', keys.isGdti, keys.gdtiFrom(prefix, 55555, '98')],
    ['GIAI', keys.isGiai, keys.giaiFrom(prefix, 'TMP-0311')],
  ])('a built %s is valid', (_, valid, key) => {
    expect(valid(key)).toBe(true)
  })

  it('match published example numbers', () => {
    expect(keys.ssccFrom(0, prefix, 1)).toBe('095212340000000013')
    expect(keys.glnFrom(prefix, 1)).toBe('9521234000013')
    expect(keys.gsrnFrom(prefix, 121)).toBe('952123400000001212')
    expect(keys.gtinFrom(prefix, 54321)).toBe('9521234543213')
  })

  it('notice any single wrong digit', () => {
    fc.assert(
      fc.property(serial, fc.nat(17), fc.integer({ min: 1, max: 9 }), (n, at, add) => {
        const sscc = keys.ssccFrom(3, prefix, n)
        const wrong = sscc.slice(0, at) + ((Number(sscc[at]) + add) % 10) + sscc.slice(at + 1)
        expect(keys.isSscc(sscc)).toBe(true)
        expect(keys.isSscc(wrong)).toBe(false)
      }),
    )
  })

  it('never differ for different serials', () => {
    const made = new Set(Array.from({ length: 1000 }, (_, n) => keys.ssccFrom(0, prefix, n)))
    expect(made.size).toBe(1000)
  })

  it('pad a short GTIN to 14 digits', () => {
    expect(keys.gtin14('95212340')).toBe('00000095212340')
    expect(() => keys.gtin14('95212341')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it.each([
    ['a prefix with a letter', () => keys.glnFrom('95212A4', 1)],
    ['a reference that does not fit', () => keys.ssccFrom(0, prefix, '1234567890')],
    ['an extension of two digits', () => keys.ssccFrom(10, prefix, 1)],
    ['an indicator 0', () => keys.gtinFrom(prefix, 1, 0)],
    ['an asset number with a blank', () => keys.giaiFrom(prefix, 'TMP 1')],
    ['a serial of 17 characters', () => keys.graiFrom(prefix, 1, 'x'.repeat(17))],
    ['a negative serial', () => keys.ssccFrom(0, prefix, -1)],
  ])('are not built of %s', (_, build) => {
    expect(build).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it('are told from text that only looks like them', () => {
    for (const text of ['', '9', 'abc', '９５２１２３４５４３２１３']) {
      expect(keys.isGtin(text)).toBe(false)
      expect(keys.isGrai(text)).toBe(false)
      expect(keys.isGdti(text)).toBe(false)
      expect(keys.isGiai(text)).toBe(false)
      expect(hasCheckDigit(text)).toBe(false)
    }
  })

  it('become Digital Links with what must be escaped escaped', () => {
    expect(gs1Uri('8004', '9521234A/(1)')).toBe('https://id.gs1.org/8004/9521234A%2F%281%29')
  })
})

describe('order URIs', () => {
  it('give back any order number', () => {
    const number = fc.string({ minLength: 1 }).filter((text) => !/[\n\r\u2028\u2029]/.test(text))
    fc.assert(
      fc.property(number, (order) => {
        expect(orderNumber(orderUri('9521234000006', order))).toBe(order)
      }),
    )
  })

  it('are shown as they came when they are not ours or badly escaped', () => {
    expect(orderNumber('https://example.com/o/1')).toBe('https://example.com/o/1')
    expect(orderNumber('urn:epcglobal:cbv:bt:9521234000006:100%')).toBe('100%')
  })

  it.each([
    ['952123400000', '1'],
    ['9521234000006', ''],
    ['9521234000006', '\ud800'],
  ])('are not made of GLN %j and order %j', (gln, order) => {
    expect(() => orderUri(gln, order)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })
})

describe('UUIDv7', () => {
  it('sorts by time and says its version', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), (a, b) => {
        const [first, second] = [uuidv7(1.7e12 + Math.min(a, b)), uuidv7(1.7e12 + Math.max(a, b) + 1)]
        expect(first < second).toBe(true)
        expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }),
    )
  })
})
