import { openJournal } from '@waytrace/standard/journal'
import { eventually, fakeClock, tempDir } from '@waytrace/standard/testing'
import { expect, test } from 'vitest'
import { lazyCursor } from './lazy-cursor.ts'

async function setUp() {
  const journal = openJournal({ path: tempDir('lazy'), maxBytes: 1e6, reserveBytes: 0, onFull: 'wait' })
  await journal.appendAll(Array.from({ length: 9 }, (_, i) => Buffer.of(i)))
  const cursor = await journal.cursor('c', { required: true })
  return { journal, cursor, clock: fakeClock() }
}

test('moves are gathered: the newest is on disk when the pause is over', async () => {
  const { journal, cursor, clock } = await setUp()
  const lazy = lazyCursor(cursor, clock, () => {})
  lazy.passed(3)
  lazy.passed(5)
  expect(journal.stats().cursors.c?.position).toBe(0)
  await clock.advance(100)
  await eventually(() => journal.stats().cursors.c?.position === 5)
  await journal.close()
})

test('settling puts what was passed on disk at once', async () => {
  const { journal, cursor, clock } = await setUp()
  const lazy = lazyCursor(cursor, clock, () => {})
  lazy.passed(4)
  await lazy.settle()
  expect(journal.stats().cursors.c?.position).toBe(4)
  await journal.close()
})

test('a move that fails calls back, and is thrown to who looks next', async () => {
  const { journal, cursor, clock } = await setUp()
  let calls = 0
  const failing = { ...cursor, position: 0, commit: () => Promise.reject(new Error('no disk')) }
  const lazy = lazyCursor(failing, clock, () => calls++)
  lazy.passed(4)
  await clock.advance(100)
  await eventually(() => calls === 1)
  expect(() => lazy.check()).toThrow('no disk')
  expect(() => lazy.check()).not.toThrow()
  lazy.passed(5)
  await expect(lazy.settle()).rejects.toThrow('no disk')
  await journal.close()
})
