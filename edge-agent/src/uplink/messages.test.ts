import type { Entry } from '@waytrace/standard/journal'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventDraft } from '../ports.ts'
import { encodeSpoolEntry } from '../spool-entry.ts'
import { buildMessage } from './messages.ts'

const draft = { kind: 'sensor', device: 'tag-1', stream: 'reading' } as EventDraft
const entries = (events: readonly object[]): Entry[] =>
  events.map((event, i) => ({ position: i + 1, bytes: encodeSpoolEntry(draft, JSON.stringify(event)) }))
const options = { prefix: 'wt/v1/wh1/edge1/', backfill: false, single: false, buffer: Buffer.alloc(1000) }

describe('messages', () => {
  it('sends one event on the topic of its device, byte by byte as spooled', () => {
    const message = buildMessage(entries([{ a: 'é' }, { b: 2 }]), { ...options, single: true })
    expect(message).toMatchObject({ topic: 'wt/v1/wh1/edge1/sensor/tag-1/evt/reading', from: 1, to: 1 })
    expect(message.payload.toString()).toBe('{"a":"é"}')
  })

  it('marks late events without reading them, and leaves the spool as it is', () => {
    const spooled = entries([{ a: 1 }, { b: { c: [] } }])
    const { payload } = buildMessage(spooled, { ...options, backfill: true })
    expect(payload.toString()).toBe('[{"a":1,"backfill":true},{"b":{"c":[]},"backfill":true}]')
    const one = buildMessage(spooled, { ...options, backfill: true, single: true })
    expect(one.payload.toString()).toBe('{"a":1,"backfill":true}')
    expect(buildMessage(spooled, options).payload.toString()).toBe('[{"a":1},{"b":{"c":[]}}]')
  })

  it('keeps to the size of a message, and sends a larger event alone', () => {
    const events = fc.array(fc.record({ text: fc.string({ maxLength: 200 }) }), { minLength: 1, maxLength: 20 })
    return fc.assert(
      fc.property(events, fc.boolean(), (list, backfill) => {
        const all = entries(list)
        const seen: unknown[] = []
        for (let at = 0; at < all.length; ) {
          const message = buildMessage(all.slice(at), { ...options, backfill, buffer: Buffer.alloc(300) })
          const count = message.to - message.from + 1
          if (count > 1) expect(message.payload.length).toBeLessThanOrEqual(300)
          const json = JSON.parse(message.payload.toString())
          seen.push(...(Array.isArray(json) ? json : [json]))
          at += count
        }
        expect(seen).toEqual(list.map((event) => (backfill ? { ...event, backfill: true } : event)))
      }),
    )
  })
})
