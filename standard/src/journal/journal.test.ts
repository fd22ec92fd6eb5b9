import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Journal, type JournalOptions, type JournalPorts, openJournal } from './index.ts'

let path: string
const opened: Journal[] = []

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'journal-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close()))
  rmSync(path, { recursive: true, force: true })
})

function open(options: Partial<JournalOptions> = {}, ports: JournalPorts = {}): Journal {
  const journal = openJournal({ path, maxBytes: 1e8, reserveBytes: 0, onFull: 'wait', ...options }, ports)
  opened.push(journal)
  return journal
}
const text = (word: string | number) => Buffer.from(String(word))
const words = (journal: { read(a: number, b: number): { bytes: Uint8Array }[] }, from = 1, max = 1e6) =>
  journal.read(from, max).map(({ bytes }) => Buffer.from(bytes).toString())

describe('a journal', () => {
  it('numbers entries from 1 and gives them back in order', async () => {
    const journal = open()
    expect(await Promise.all(['a', 'b', 'c'].map((word) => journal.append(text(word))))).toEqual([1, 2, 3])
    expect(await journal.appendAll([text('d'), text('e')])).toBe(4)
    expect(journal.read(2, 3).map(({ position }) => position)).toEqual([2, 3, 4])
    expect(words(journal)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('keeps empty entries and entries larger than a block', async () => {
    const journal = open({ blockBytes: 100 })
    const large = Buffer.alloc(300_000, 7)
    await journal.appendAll([Buffer.alloc(0), large, Buffer.alloc(0)])
    expect(journal.read(1, 9).map(({ bytes }) => bytes.length)).toEqual([0, 300_000, 0])
    expect(Buffer.compare(journal.read(2, 1)[0]?.bytes ?? text(''), large)).toBe(0)
  })

  it('reads on behind a block that grew after it was read', async () => {
    const journal = open()
    await journal.append(text('a'))
    const cursor = await journal.cursor('c', { required: true })
    expect(cursor.read(9)).toHaveLength(1)
    await journal.append(text('b'))
    expect(cursor.read(9, 1).map(({ position }) => position)).toEqual([2])
    expect(cursor.read(9).map(({ position }) => position)).toEqual([1, 2])
  })

  it('is the same after it was closed and opened again, cursors included', async () => {
    const first = open()
    await first.appendAll(['a', 'b', 'c'].map(text))
    await (await first.cursor('c', { required: true })).commit(2)
    await first.close()
    const again = open()
    const cursor = await again.cursor('c', { required: true })
    expect(cursor.position).toBe(2)
    expect(cursor.read(9).map(({ position }) => position)).toEqual([3])
    expect(await again.append(text('d'))).toBe(4)
  })

  it('shares one folder between handles, and survives one of them closing', async () => {
    const one = open()
    const two = open()
    await one.append(text('a'))
    await one.close()
    expect(await two.append(text('b'))).toBe(2)
    expect(words(two)).toEqual(['a', 'b'])
  })
})
