import { dedupKey, eventId, type WaytraceEvent } from '@waytrace/standard'
import { objectEvent, tempDir } from '@waytrace/standard/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openState } from '../state.ts'
import { dedupeSet } from './dedupe.ts'

const T0 = Date.UTC(2026, 0, 15)

/** Few sources and close times, so that buckets are shared; ids of other forms and restatements among them. */
const arbitraryEvent = fc
  .record({
    source: fc.constantFrom('urn:a:1', 'urn:a:2'),
    id: fc.oneof(
      fc.integer({ min: 0, max: 20_000 }).map((ms) => eventId(T0 + ms)),
      fc.integer({ min: 0, max: 30 }).map((n) => `ni:///sha-256;${n}?ver=CBV2.0`),
    ),
    declared: fc.option(fc.constantFrom('2026-01-16T00:00:00Z', '2026-01-17T00:00:00Z'), { nil: undefined }),
  })
  .map(({ source, id, declared }): WaytraceEvent => {
    const event = objectEvent({ source, id })
    return declared === undefined
      ? event
      : { ...event, data: { ...event.data, errorDeclaration: { declarationTime: declared } } }
  })

test('an event is new exactly once, through batches, restarts and batches that failed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryEvent, { minLength: 1, maxLength: 40 }),
      fc.array(
        fc.record({ picks: fc.array(fc.nat(), { maxLength: 30 }), end: fc.constantFrom('kept', 'failed', 'restart') }),
        {
          maxLength: 8,
        },
      ),
      async (pool, batches) => {
        const path = tempDir('dedupe')
        let state = openState(path, 0)
        let set = dedupeSet(state)
        let durable = new Set<string>()
        for (const { picks, end } of batches) {
          const known = new Set(durable)
          for (const pick of picks) {
            const event = pool[pick % pool.length] as WaytraceEvent
            expect(set.take(event)).toBe(!known.has(dedupKey(event)))
            known.add(dedupKey(event))
          }
          if (end === 'failed') {
            set.discard()
            continue
          }
          const sealed = set.seal()
          await state.commit(() => sealed.write())
          sealed.written()
          durable = known
          if (end === 'kept') continue
          await state.close()
          state = openState(path, 0)
          set = dedupeSet(state)
        }
        await state.close()
      },
    ),
    { numRuns: 25 },
  )
})

test('a batch that is sealed later does not write the ids of one that came after it', async () => {
  const path = tempDir('dedupe')
  const state = openState(path, 0)
  const set = dedupeSet(state)
  const [first, second] = [objectEvent({ id: eventId(T0) }), objectEvent({ id: eventId(T0 + 1) })]
  set.take(first)
  const sealed = set.seal()
  set.take(second)
  await state.commit(() => sealed.write())
  sealed.written()
  await state.close()
  // The process died here, before the second event was in the log.
  const again = openState(path, 0)
  const reopened = dedupeSet(again)
  expect(reopened.take(first)).toBe(false)
  expect(reopened.take(second)).toBe(true)
  await again.close()
})

test('sixty thousand ids of one busy source cost eleven bytes each and stay exact', async () => {
  const state = openState(tempDir('dedupe'), 0)
  const set = dedupeSet(state)
  const ids = Array.from({ length: 60_000 }, (_, n) => eventId(T0 + n))
  const template = objectEvent()
  for (let from = 0; from < ids.length; from += 500) {
    for (const id of ids.slice(from, from + 500)) expect(set.take({ ...template, id })).toBe(true)
    const sealed = set.seal()
    await state.commit(() => sealed.write())
    sealed.written()
  }
  for (const id of ids) expect(set.take({ ...template, id })).toBe(false)
  let bytes = 0
  for (const { value } of state.ids.getRange()) bytes += value.length
  expect(bytes / ids.length).toBe(11)
  await state.close()
})
