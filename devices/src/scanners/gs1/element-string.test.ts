import { checkDigit } from '@waytrace/standard'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AIS, type ApplicationIdentifier, aiAt, type Part } from './ai-table.ts'
import { checkCharacters } from './check-characters.ts'
import { digitalLink, parseDigitalLink } from './digital-link-uri.ts'
import { elementString, GS, parseElementString } from './element-string.ts'
import { labels, text } from './labels.arbitrary.ts'
import type { LinterName } from './linters.ts'

const alone = { requires: false }
const every = [...AIS.values()]

/** A valid text for the checks that digits of the example prefix do not pass. */
const SAMPLES: Partial<Record<LinterName, string>> = {
  yymmdd: '260131',
  yymmd0: '260100',
  yyyymmdd: '20260131',
  hhmi: '1545',
  hh: '15',
  mi: '45',
  ss: '30',
  iso3166: '276',
  iso3166999: '999',
  iso3166alpha2: 'CH',
  iso4217: '978',
  iso5218: '9',
  iban: 'BE71096123456769',
  latitude: '0279085848',
  longitude: '3101268000',
  yesno: '1',
  hyphen: '-',
  packagetype: 'PX',
  mediatype: '80',
  winding: '9',
  zero: '0',
  pieceoftotal: '0203',
  posinseqslash: '2/3',
  couponcode: '012345612345611110123',
  couponposoffer: '001234561234560123456',
}

function sample({ max, linters }: Part): string {
  const named = linters.map((name) => SAMPLES[name]).find((value) => value !== undefined)
  if (named !== undefined) return named
  if (linters.includes('csumalpha')) return `9521234A${checkCharacters('9521234A')}`
  const digits = '9521234000'.repeat(9).slice(0, max)
  return linters.includes('csum') ? digits.slice(0, -1) + checkDigit(digits.slice(0, -1)) : digits
}

function shortest({ parts }: ApplicationIdentifier): string {
  return parts
    .filter((part) => !part.optional)
    .map(sample)
    .join('')
}

function longest({ parts }: ApplicationIdentifier): string {
  return parts.map(sample).join('')
}

describe('the table of application identifiers', () => {
  it('has all 541, and none is the beginning of another', () => {
    expect(every.length).toBe(541)
    for (const { ai } of every) expect(aiAt(`${ai}0000`, 0)?.ai).toBe(ai)
  })

  it('states a fixed length where no separator follows', () => {
    for (const { separator, minLength, maxLength } of every) if (!separator) expect(minLength).toBe(maxLength)
  })

  it('names only application identifiers that exist', () => {
    const exists = (pattern: string) =>
      every.some(({ ai }) => new RegExp(`^${pattern.replaceAll('n', '\\d')}$`).test(ai))
    for (const { requires, excludes, qualifiers } of every) {
      for (const pattern of [...requires.flat(2), ...excludes, ...(qualifiers ?? []).flat()]) {
        expect(exists(pattern), pattern).toBe(true)
      }
    }
  })

  it.each(every.map((entry) => [entry.ai, entry.title, entry] as const))('reads %s %s', (ai, _, entry) => {
    for (const value of [shortest(entry), longest(entry)]) {
      expect(parseElementString(elementString([[ai, value]]), alone)).toEqual({ elements: [[ai, value]] })
    }
    expect(parseElementString(ai, alone)).toMatchObject({ fault: { kind: 'syntax', ai } })
    expect(parseElementString(`${ai}${longest(entry)}${'0'.repeat(entry.maxLength)}`, alone)).toHaveProperty('fault')
  })

  it('refuses a wrong digit in every value with a check digit', () => {
    const checked = every.filter(({ parts }) => parts.some((part) => part.linters.includes('csum')))
    expect(checked.length).toBe(20)
    for (const entry of checked) {
      const value = shortest(entry)
      const at = entry.parts[0]?.linters.includes('zero') ? 3 : 2
      const wrong = value.slice(0, at) + ((Number(value[at]) + 1) % 10) + value.slice(at + 1)
      expect(parseElementString(entry.ai + wrong, alone), entry.ai).toMatchObject({
        fault: { kind: 'check-digit', ai: entry.ai },
      })
    }
  })
})

describe('element strings', () => {
  it('put a separator only where one must stand', () => {
    const elements = [
      ['10', 'L1'],
      ['17', '270131'],
      ['01', '09521234543213'],
      ['400', 'SO-1'],
    ] as const
    expect(elementString(elements)).toBe(`10L1${GS}172701310109521234543213400SO-1`)
    expect(() => elementString([['01', '09521234543210']])).toThrow('AI 01: wrong check digit')
    expect(() => elementString([['05', '1']])).toThrow('AI 05: no such application identifier')
  })

  it('read back what they were written from', () => {
    return fc.assert(
      fc.property(labels, (elements) => {
        expect(parseElementString(elementString(elements), { requires: true })).toEqual({ elements })
      }),
    )
  })

  it('read back any free texts, in any order', () => {
    const free = every.filter(({ parts: [part, more] }) => !more && part?.set === 'X' && part.linters.length === 0)
    const element = fc
      .constantFrom(...free)
      .chain(({ ai, minLength, maxLength }) => text(maxLength, minLength).map((value): [string, string] => [ai, value]))
    return fc.assert(
      fc.property(fc.uniqueArray(element, { minLength: 1, maxLength: 8, selector: ([ai]) => ai }), (elements) => {
        const parsed = parseElementString(elementString(elements), alone)
        if (parsed.fault === undefined) expect(parsed.elements).toEqual(elements)
        else expect(parsed.fault.kind).toBe('relation')
      }),
    )
  })
})

describe('Digital Links', () => {
  it('read back what they were written from', () => {
    return fc.assert(
      fc.property(labels, (elements) => {
        const parsed = parseDigitalLink(digitalLink(elements), { requires: true })
        expect(new Map(parsed.fault === undefined ? parsed.elements : [])).toEqual(new Map(elements))
      }),
    )
  })

  it('are not written of elements that have no place in one', () => {
    expect(() => digitalLink([['400', 'SO-1']])).toThrow('no primary key')
    expect(() =>
      digitalLink([
        ['00', '095212340000000013'],
        ['21', 'S1'],
      ]),
    ).toThrow('AI 21 has no place')
  })
})
