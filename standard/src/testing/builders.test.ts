import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTopic, tryEvent } from '../event/index.ts'
import {
  aggregationEvent,
  alarmEvent,
  arbitraryDevice,
  arbitraryEvent,
  exampleOrder,
  objectEvent,
  readingEvent,
} from './index.ts'

describe('the builders', () => {
  it.each([
    ['a scan', objectEvent()],
    ['a scan of an order', objectEvent({ orderid: exampleOrder(7) })],
    ['a scan by another device', objectEvent({ deviceid: 'urn:x:other' })],
    ['a reading', readingEvent({ value: -18 })],
    ['a reading of an order', readingEvent({ orderid: exampleOrder(7) })],
    ['a packing', aggregationEvent({ orderid: exampleOrder(7) })],
    ['an alarm', alarmEvent({ data: { severity: 'fatal' } })],
  ])('make %s that the event standard accepts', (_, event) => {
    expect(tryEvent(event)).toEqual({ ok: true, value: event })
  })

  it('count the sequence on from event to event', () => {
    const [one, two] = [objectEvent(), readingEvent()]
    expect(Number(two.sequence)).toBe(Number(one.sequence) + 1)
  })
})

describe('the arbitraries', () => {
  it('give only events that the standard accepts', () => {
    fc.assert(
      fc.property(arbitraryEvent, (event) => {
        expect(tryEvent(event)).toEqual({ ok: true, value: event })
      }),
    )
  })

  it('give addresses that make topics', () => {
    fc.assert(
      fc.property(arbitraryDevice, (address) => {
        expect(formatTopic({ what: 'event', stream: 'scan', ...address })).toContain(`/${address.device}/evt/scan`)
      }),
    )
  })
})
