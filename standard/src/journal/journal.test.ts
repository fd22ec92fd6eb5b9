import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeBlock, encodeBlock } from './block.ts'
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

  it('is copied while it is appended to, and the copy is a journal', async () => {
    const journal = open()
    await journal.appendAll(['a', 'b', 'c'].map(text))
    await (await journal.cursor('c', { required: true })).commit(1)
    const copy = join(path, 'copy')
    await Promise.all([journal.backup(copy), journal.append(text('d'))])
    const restored = open({ path: copy })
    expect(words(restored).slice(0, 3)).toEqual(['a', 'b', 'c'])
    expect((await restored.cursor('c', { required: true })).position).toBe(1)
  })

  it('names a damaged block instead of giving wrong bytes', () => {
    const block = encodeBlock([text('one'), text('two')], 0)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: block.length * 8 - 1 }), (bit) => {
        const byte = bit >> 3
        // The reserved field and the running size are not covered by the checksum.
        fc.pre(byte < 12 || byte >= 24)
        const damaged = Buffer.from(block)
        damaged[byte] = (damaged[byte] ?? 0) ^ (1 << (bit & 7))
        expect(() => decodeBlock(damaged)).toThrow(expect.objectContaining({ code: 'JOURNAL_CORRUPT' }))
      }),
    )
  })

  it('lets an overtaken expendable cursor say what it lost, and holds nothing back for it', async () => {
    const journal = open({ blockBytes: 50 })
    const store = await journal.cursor('store', { required: true })
    const live = await journal.cursor('live', { required: false })
    await journal.appendAll(Array.from({ length: 100 }, (_, i) => text(i)))
    await live.commit(3)
    await store.commit(100)
    await journal.trim(51)
    const { first } = journal.stats()
    expect(first).toBeGreaterThan(40)
    expect(first).toBeLessThanOrEqual(51)
    expect(live.skipLost()).toBe(first - 1 - 3)
    expect(live.skipLost()).toBe(0)
    expect(live.read(1)[0]?.position).toBe(first)
  })

  it('deletes nothing while nobody has said what is needed', async () => {
    const journal = open()
    await journal.appendAll(['a', 'b'].map(text))
    await journal.trim()
    expect(words(journal)).toEqual(['a', 'b'])
    await journal.cursor('c', { required: true })
    await journal.trim()
    expect(words(journal)).toEqual(['a', 'b'])
    await journal.dropCursor('c')
    expect(journal.stats().cursors).toEqual({})
  })

  it('refuses to commit what nobody can have read', async () => {
    const cursor = await open().cursor('c', { required: true })
    await expect(cursor.commit(1)).rejects.toThrow(/unread/)
  })
})
