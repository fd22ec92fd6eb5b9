import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeTroubleCode, decodeTroubleCodes, encodeTroubleCode, isTroubleCode } from './obd.ts'

it('reads the system from the first two bits', () => {
  expect(decodeTroubleCode(0x02, 0x99)).toBe('P0299')
  expect(decodeTroubleCode(0x2b, 0xac)).toBe('P2BAC')
  expect(decodeTroubleCode(0x41, 0x23)).toBe('C0123')
  expect(decodeTroubleCode(0x80, 0x00)).toBe('B0000')
  expect(decodeTroubleCode(0xc1, 0x00)).toBe('U0100')
})

it('skips the zeros that fill an answer', () => {
  expect(decodeTroubleCodes(Uint8Array.of(0x02, 0x99, 0x06, 0x75, 0, 0))).toEqual(['P0299', 'P0675'])
})

it('refuses half a code', () => {
  expect(() => decodeTroubleCodes(Uint8Array.of(0x02, 0x99, 0x06))).toThrow('two-byte')
})

it('knows the form of a code', () => {
  for (const code of ['P0299', 'U3FFF', 'B1A2C']) expect(isTroubleCode(code)).toBe(true)
  for (const text of ['P4299', 'X0299', 'P029', 'P02999', 'p0299', 'P02G9', '']) expect(isTroubleCode(text)).toBe(false)
  expect(encodeTroubleCode('??')).toBeUndefined()
})

it('writes back what it reads', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0xffff }), (code) => {
      const text = decodeTroubleCode(code >> 8, code & 0xff) as string
      expect(isTroubleCode(text)).toBe(true)
      expect(encodeTroubleCode(text)).toEqual([code >> 8, code & 0xff])
    }),
  ))
