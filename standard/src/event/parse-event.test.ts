import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryEvent } from '../testing/index.ts'
import { dedupKey, EPCIS_TYPES, OWN_FACT_TYPES, orders, type WaytraceEvent } from './envelope.ts'
import { OpsError } from './errors.ts'
import { parseBatch, parseEvent, tryEvent } from './parse-event.ts'

interface Vector {
  why: string
  event: Record<string, unknown>
  /** The path of the issue; absent when the event is good. */
  refused?: string
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/events.vectors.json', import.meta.url), 'utf8'),
) as Vector[]
const good = vectors.filter(({ refused }) => refused === undefined)

function refusal(input: string | Uint8Array): OpsError {
  try {
    parseEvent(input)
  } catch (error) {
    if (error instanceof OpsError) return error
    throw error
  }
  throw new Error('accepted')
}

describe('the golden events', () => {
  it.each(good)('accepts $why', ({ event }) => {
    expect(parseEvent(JSON.stringify(event))).toEqual(event)
  })

  it.each(vectors.filter(({ refused }) => refused !== undefined))('refuses $why', ({ event, refused }) => {
    const error = refusal(JSON.stringify(event))
    expect(error.code).toBe('EVENT_INVALID')
    expect(error.issues.map(({ path }) => path)).toContain(refused)
  })

  it('hold every type of the standard', () => {
    const types = new Set(good.map(({ event }) => event.type))
    expect([...types].sort()).toEqual([...Object.keys(EPCIS_TYPES), ...OWN_FACT_TYPES].sort())
  })
})

describe('parseEvent', () => {
  it('reads bytes at an offset as it reads text', () => {
    const text = JSON.stringify(good[0]?.event)
    const bytes = new TextEncoder().encode(`xx${text}`).subarray(2)
    expect(parseEvent(bytes)).toEqual(parseEvent(text))
  })

  it('says that bytes are no JSON or no UTF-8', () => {
    expect(refusal('{"specversion":').code).toBe('EVENT_INVALID')
    expect(refusal(Uint8Array.of(0x22, 0xff, 0x22)).message).toContain('UTF-8')
  })

  it('keeps 20 issues of an event with a thousand', () => {
    const event = structuredClone(good[0]?.event) as { data: { epcList: unknown } }
    event.data.epcList = Array.from({ length: 1000 }, (_, i) => `no uri ${i}`)
    expect(refusal(JSON.stringify(event)).issues).toHaveLength(20)
  })

  it('refuses a number too large for JSON to give back, in an extension too', () => {
    const text = JSON.stringify(good[0]?.event)
    const event = text.replace('"action"', '"ex:size":{"ex:n":[1e999]},"action"')
    expect(refusal(event).issues).toEqual([expect.objectContaining({ path: 'data.ex:size' })])
  })

  it('accepts whatever agents send and gives it back unchanged', () => {
    fc.assert(
      fc.property(arbitraryEvent, (event) => {
        const text = JSON.stringify(event)
        expect(parseEvent(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('either gives an event or EVENT_INVALID, whatever a good event is turned into', () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    const damaged = fc.record({ base: fc.constantFrom(...good), key: fc.nat(), inside: fc.boolean(), value: json })
    fc.assert(
      fc.property(damaged, ({ base, key, inside, value }) => {
        const event = structuredClone(base.event) as { data: Record<string, unknown> } & Record<string, unknown>
        const target = inside ? event.data : event
        const keys = Object.keys(target)
        target[keys[key % keys.length] ?? 'x'] = value
        const result = tryEvent(event)
        if (!result.ok) expect(result.issues.length).toBeGreaterThan(0)
      }),
      { numRuns: 1000 },
    )
  })

  it('reads keys of Object.prototype as unknown keys', () => {
    const event = structuredClone(good[0]?.event) as { data: Record<string, unknown> }
    Object.assign(event.data, { constructor: 'x' })
    expect(refusal(JSON.stringify(event)).issues[0]?.path).toBe('data.constructor')
  })
})

describe('parseBatch', () => {
  it('judges each event by itself', () => {
    const results = parseBatch(JSON.stringify([good[0]?.event, { type: 'nothing' }, good[1]?.event]))
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true])
  })

  it('takes a single event for a batch of one', () => {
    expect(parseBatch(JSON.stringify(good[0]?.event)).map(({ ok }) => ok)).toEqual([true])
  })
})

describe('projections', () => {
  const scan = good[0]?.event as WaytraceEvent

  it('name every order a loading speaks of', () => {
    const event = parseEvent(JSON.stringify(scan))
    if (event.type !== 'waytrace.object.v1') throw new Error('not a scan')
    const other = { type: 'https://ref.gs1.org/cbv/BTT-po', bizTransaction: 'urn:epcglobal:cbv:bt:9521234000006:2' }
    event.data.bizTransactionList?.push(other, { type: 'https://example.com/BTT-po', bizTransaction: 'urn:x:1' })
    expect(orders(event)).toEqual([event.orderid, other.bizTransaction])
  })

  it('a restatement is another event than what it restates', () => {
    const event = parseEvent(JSON.stringify(scan))
    const restated = structuredClone(event)
    if (restated.type !== 'waytrace.object.v1') throw new Error('not a scan')
    restated.data.errorDeclaration = { declarationTime: '2026-11-22T10:00:00Z', reason: 'did_not_occur' }
    expect(dedupKey(restated)).not.toBe(dedupKey(event))
  })
})
