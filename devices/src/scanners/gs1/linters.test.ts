import { describe, expect, it } from 'vitest'
import { LINTERS, type LinterName } from './linters.ts'

const CASES: Record<LinterName, { good: string[]; bad: string[] }> = {
  csum: { good: ['095212340000000013', '9521234000013'], bad: ['095212340000000014', '9521234000031'] },
  // Examples of the GS1 syntax dictionary's own test for the check character pair.
  csumalpha: { good: ['1987654Ad4X4bL5ttr2310c2K', '12345_ABCDEFGHIJKLMCP'], bad: ['1987654Ad4X4bL5ttr2310cXK', '22'] },
  gcppos1: { good: ['9521ABC'], bad: ['952', '95A1'] },
  gcppos2: { good: ['09521'], bad: ['0952', '095A1'] },
  yymmdd: { good: ['000229', '261231'], bad: ['260229', '261300', '260100', '260001', '260431'] },
  yymmd0: { good: ['260200', '240229'], bad: ['260229', '260000', '261332'] },
  yyyymmdd: { good: ['19640229', '20260131'], bad: ['19000229', '20261301', '20260100'] },
  hhmi: { good: ['0000', '2359'], bad: ['2400', '0060'] },
  hh: { good: ['00', '23'], bad: ['24'] },
  mi: { good: ['00', '59'], bad: ['60'] },
  ss: { good: ['00', '59'], bad: ['60'] },
  iso3166: { good: ['276', '756'], bad: ['999', '000'] },
  iso3166999: { good: ['276', '999'], bad: ['998'] },
  iso3166alpha2: { good: ['DE', 'CH'], bad: ['de', 'XX'] },
  iso4217: { good: ['978', '756'], bad: ['000', '998'] },
  iso5218: { good: ['0', '1', '2', '9'], bad: ['3', '8'] },
  // The examples of ISO 13616-1.
  iban: {
    good: ['BE71096123456769', 'FR7630006000011234567890189'],
    bad: ['BE71096123456760', 'XX361234567890', 'BE71096', 'BE71096-23456769'],
  },
  pcenc: { good: ['Main%20Street', ''], bad: ['%2', '100%', '%zz'] },
  latitude: { good: ['0000000000', '1800000000'], bad: ['1800000001'] },
  longitude: { good: ['3600000000'], bad: ['3600000001'] },
  yesno: { good: ['0', '1'], bad: ['2'] },
  hyphen: { good: ['-'], bad: ['+', '1'] },
  importeridx: { good: ['-', '_', 'a', '7'], bad: ['.', '/'] },
  packagetype: { good: ['PX', '201'], bad: ['XX', 'px'] },
  mediatype: { good: ['01', '10', '80', '99'], bad: ['00', '11', '79'] },
  nonzero: { good: ['0010'], bad: ['0000'] },
  zero: { good: ['0'], bad: ['1'] },
  nozeroprefix: { good: ['10'], bad: ['01', '0'] },
  winding: { good: ['0', '1', '9'], bad: ['2'] },
  pieceoftotal: { good: ['0101', '0203'], bad: ['0001', '0100', '0201', '010'] },
  posinseqslash: { good: ['1/3', '3/3', '9/10'], bad: ['4/3', '0/1', '1/02', '1/', 'x/y'] },
  hasnondigit: { good: ['1A'], bad: ['12'] },
  couponcode: {
    good: [
      '012345612345611110123',
      // A second and third purchase, both dates, serial number, retailer and the flags, one after the other.
      '01234561234561111012310110123921101230123456326033142601015012345661123456790000',
    ],
    bad: [
      '',
      '01234561234561111012',
      '0123456123456111101234',
      '712345612345611110123',
      '012345612345611115123',
      '012345612345611110123326010142603',
      '01234561234561111012332601014260331',
      'a12345612345611110123',
    ],
  },
  couponposoffer: {
    good: ['001234561234560123456', '061234567890121234569123456789012345'],
    bad: ['201234561234560123456', '0012345612345601234567', '00123456123456012345', '07'],
  },
}

describe.each(Object.entries(CASES))('check %s', (name, { good, bad }) => {
  const { valid } = LINTERS[name as LinterName]
  it.each(good)('accepts %j', (value) => expect(valid(value)).toBe(true))
  it.each(bad)('refuses %j', (value) => expect(valid(value)).toBe(false))
})
