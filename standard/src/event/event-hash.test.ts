import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventHash, preHash } from './event-hash.ts'

interface Vector {
  why: string
  event: object
  context: unknown
  hash?: string
  prehash?: string
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/event-hash.vectors.json', import.meta.url), 'utf8'),
) as Vector[]

const base = {
  type: 'ObjectEvent',
  eventTime: '2026-11-22T08:14:07Z',
  eventTimeZoneOffset: '+01:00',
  action: 'OBSERVE',
}

describe('the CBV event hash', () => {
  it.each(vectors)('$why', async ({ event, context, hash, prehash }) => {
    if (prehash !== undefined) expect(preHash(event, context)).toBe(prehash)
    if (hash !== undefined) expect(await eventHash(event, context)).toBe(hash)
  })

  it('does not depend on the order in which keys and list items are written', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...vectors)
          .chain(({ event, context }) =>
            fc.record({ context: fc.constant(context), event: fc.constant(event), shuffled: shuffle(event) }),
          ),
        ({ event, context, shuffled }) => {
          expect(preHash(shuffled as object, context)).toBe(preHash(event, context))
        },
      ),
    )
  })

  it('is the same for a bare name, its CURIE, its URI and its EPCIS 1.x URN', () => {
    const forms = [
      'loading',
      'cbv:BizStep-loading',
      'https://ref.gs1.org/cbv/BizStep-loading',
      'urn:epcglobal:cbv:bizstep:loading',
    ]
    expect(new Set(forms.map((bizStep) => preHash({ ...base, bizStep }))).size).toBe(1)
  })

  it('is the same for an extension by prefix and by full URI', () => {
    const context = { ex: 'https://ns.example.com/epcis/' }
    expect(preHash({ ...base, 'https://ns.example.com/epcis/k': 1 })).toBe(preHash({ ...base, 'ex:k': 1 }, context))
  })

  it('changes with the reading it was judged by', () => {
    const judged = (bizRules: string) =>
      preHash({ ...base, sensorElementList: [{ sensorReport: [{ type: 'Temperature', bizRules }] }] })
    expect(judged('https://example.com/v1')).not.toBe(judged('https://example.com/v2'))
  })

  it('does not change with what says nothing about what happened', () => {
    const said = { eventID: 'urn:x:1', recordTime: '2026-11-22T09:00:00Z', errorDeclaration: { declarationTime: 'x' } }
    expect(preHash({ ...base, ...said })).toBe(preHash(base))
  })

  it.each([
    ['1.0', '1'],
    ['+007.500', '7.5'],
    ['-0.0', '0'],
    ['1e-7', '0.0000001'],
    ['00000000000000018233', '18233'],
    ['12345678901234567890123', '12345678901234567890123'],
    ['1.2.3', '1.2.3'],
  ])('writes the number %s as %s', (written, canonical) => {
    expect(preHash({ ...base, 'ex:n': written })).toContain(`ex:n=${canonical}`)
  })

  it.each([
    ['2026-11-22T08:14:07.0005+01:00', '2026-11-22T07:14:07.001Z'],
    ['2026-12-31T23:59:59.9996Z', '2027-01-01T00:00:00.000Z'],
    ['2026-06-30T23:59:60Z', '2026-07-01T00:00:00.000Z'],
  ])('writes the time %s as %s', (written, canonical) => {
    expect(preHash({ ...base, eventTime: written })).toContain(`eventTime=${canonical}`)
  })

  it('sorts by code points, not by UTF-16 units', () => {
    const text = preHash({ ...base, 'ex:k': ['\u{1f600}', '\uff5e'] })
    expect(text.indexOf('\uff5e')).toBeLessThan(text.indexOf('\u{1f600}'))
  })
})

/** The same JSON with the keys of every object, and the items of every list, in another order. */
function shuffle(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return fc.constant(value)
  const seed = fc.infiniteStream(fc.nat())
  return seed.map((stream) => reorder(value, () => stream.next().value as number))
}

function reorder(value: unknown, draw: () => number): unknown {
  if (typeof value !== 'object' || value === null) return value
  const order = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => [draw(), item] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, item]) => item)
  if (Array.isArray(value)) return order(value).map((item) => reorder(item, draw))
  return Object.fromEntries(order(Object.entries(value)).map(([key, item]) => [key, reorder(item, draw)]))
}
