import { tempDir } from '@waytrace/standard/testing'
import { expect, onTestFinished, test } from 'vitest'
import { openKnowledge } from './knowledge.ts'
import type { DeadLetter } from './ports.ts'

function letter(n: number, extra: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id: `raw-${n}`,
    receivedAt: 1_000 + n,
    topic: 'wt/v1/wh1/edge1/scanner/s1/evt/scan',
    origin: 'wh1/edge1',
    code: n % 2 ? 'EVENT_INVALID' : 'TOPIC_FORBIDDEN',
    message: 'not of the standard',
    issues: [{ path: 'time', message: 'missing' }],
    payload: new Uint8Array([0, 255, n]),
    ...extra,
  }
}

async function letters() {
  const known = await openKnowledge(tempDir('letters'))
  onTestFinished(() => known.close())
  return known.deadLetters
}

test('keeps bytes, topic, reason and issues as they came', async () => {
  const book = await letters()
  await book.add(letter(1))
  expect(book.get('raw-1')).toEqual(letter(1))
  expect(book.get('raw-2')).toBeUndefined()
})

test('lists the newest first, page by page, by code if asked', async () => {
  const book = await letters()
  for (let n = 0; n < 9; n++) await book.add(letter(n))
  const first = book.list({ limit: 4 })
  expect(first.items.map(({ id }) => id)).toEqual(['raw-8', 'raw-7', 'raw-6', 'raw-5'])
  const second = book.list({ limit: 4, after: first.next })
  expect(second.items.map(({ id }) => id)).toEqual(['raw-4', 'raw-3', 'raw-2', 'raw-1'])
  expect(book.list({ limit: 4, after: second.next })).toMatchObject({ items: [{ id: 'raw-0' }] })
  expect(book.list({ limit: 9, code: 'EVENT_INVALID' }).items).toHaveLength(4)
})

test('the same letter written again is one, and a replay is noted', async () => {
  const book = await letters()
  await book.add(letter(1))
  await book.add(letter(1))
  await book.markReplayed('raw-1', 77)
  await book.markReplayed('raw-none', 77)
  expect(book.count()).toBe(1)
  expect(book.list({ limit: 5 }).items).toEqual([letter(1, { replayedAt: 77 })])
})
