import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDigitalLink, parseDigitalLink } from './digital-link.ts'
import { canonicalUri, epcUri } from './epc-uri.ts'

interface Pair {
  why: string
  urn: string
  link: string
  prefixLength: number
}
interface OneWay {
  why: string
  uri: string
  canonical: string | null
}
const vectors = JSON.parse(readFileSync(new URL('../../vectors/epc-uri.vectors.json', import.meta.url), 'utf8')) as (
  | Pair
  | OneWay
)[]
const pairs = vectors.filter((vector): vector is Pair => 'urn' in vector)

describe('EPC URIs and Digital Links', () => {
  it.each(pairs)('are two spellings of $why', ({ urn, link, prefixLength }) => {
    expect(canonicalUri(urn)).toBe(link)
    expect(epcUri(link, prefixLength)).toBe(urn)
  })

  it.each(vectors.filter((vector): vector is OneWay => 'uri' in vector))('$why', ({ uri, canonical }) => {
    expect(canonicalUri(uri) ?? null).toBe(canonical)
  })

  it('have one canonical form, which is its own', () => {
    for (const { link } of pairs) expect(canonicalUri(link)).toBe(link)
  })

  it('carry every serial GS1 allows there and back', () => {
    const chars = [...'!"%&\'()*+,-./:;<=>?_09AZaz']
    const serial = fc.array(fc.constantFrom(...chars), { minLength: 1, maxLength: 20 }).map((list) => list.join(''))
    fc.assert(
      fc.property(serial, (text) => {
        const link = formatDigitalLink({ ai: '01', value: '09521234543213', qualifiers: [['21', text]] })
        expect(parseDigitalLink(link)?.qualifiers).toEqual([['21', text]])
        const urn = epcUri(link, 7)
        expect(urn && canonicalUri(urn)).toBe(link)
      }),
    )
  })

  it('are not made of a number whose check digit is wrong: it would silently be mended', () => {
    expect(epcUri('https://id.gs1.org/00/095212340000000014', 7)).toBeUndefined()
  })

  it('never fail on any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        canonicalUri(`urn:epc:id:sgtin:${text}`)
        canonicalUri(`https://id.gs1.org/01/${text}`)
      }),
    )
  })
})
