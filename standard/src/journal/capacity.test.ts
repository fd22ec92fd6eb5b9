import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually, fakeClock, tempDir } from '../testing/index.ts'
import { type Journal, type JournalOptions, type JournalPorts, openJournal } from './index.ts'

function open(options: Partial<JournalOptions> = {}, ports: JournalPorts = {}): Journal {
  return openJournal(
    { path: tempDir('capacity'), maxBytes: 10_000, reserveBytes: 0, onFull: 'wait', blockBytes: 1000, ...options },
    ports,
  )
}
const kilobyte = () => Buffer.alloc(1000 - 4)

/** Whether a promise has settled after everything that could settle it had its turn. */
function outcome<T>(promise: Promise<T>): { done: boolean; value?: T } {
  const state: { done: boolean; value?: T } = { done: false }
  promise.then(
    (value) => Object.assign(state, { done: true, value }),
    () => Object.assign(state, { done: true }),
  )
  return state
}

describe('a full journal', () => {
  it('lets appends wait, in order, until the consumer passed and the owner trimmed', async () => {
    const journal = open()
    const cursor = await journal.cursor('c', { required: true })
    await Promise.all(Array.from({ length: 10 }, () => journal.append(kilobyte())))
    const late = [outcome(journal.append(kilobyte())), outcome(journal.append(Buffer.of(1)))]
    await eventually(() => journal.stats().full === 'bytes')
    expect(journal.stats()).toMatchObject({ bytes: 10_000, last: 10, waitingBytes: 1005 })
    await cursor.commit(5)
    expect(late.map(({ done }) => done)).toEqual([false, false])
    await journal.trim()
    await eventually(() => late.every(({ done }) => done))
    expect(late.map(({ value }) => value)).toEqual([11, 12])
    expect(journal.stats().full).toBeUndefined()
    await journal.close()
  })

  it('still takes commits while appends wait', async () => {
    const journal = open()
    await journal.appendAll(Array.from({ length: 10 }, kilobyte))
    const cursor = await journal.cursor('c', { required: true })
    const waits = outcome(journal.append(kilobyte()))
    await eventually(() => journal.stats().full === 'bytes')
    await cursor.commit(7)
    expect(journal.stats().cursors.c?.position).toBe(7)
    expect(waits.done).toBe(false)
    await journal.close()
    expect(waits).toEqual({ done: true })
  })

  it('refuses at once what can never fit', async () => {
    const journal = open()
    await expect(journal.append(Buffer.alloc(10_000))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    await journal.close()
  })

  it('refuses appends that wait when it is closed', async () => {
    const journal = open()
    await journal.appendAll(Array.from({ length: 10 }, kilobyte))
    const waiting = journal.append(kilobyte())
    const refused = expect(waiting).rejects.toMatchObject({ code: 'JOURNAL_FULL' })
    await eventually(() => journal.stats().full === 'bytes')
    await journal.close()
    await refused
  })
})

describe('a full spool', () => {
  it('drops the oldest entries, says which before the append resolves, and counts them', async () => {
    const dropped: { from: number; to: number; count: number }[] = []
    const journal = open({ onFull: 'drop-oldest', onDrop: (range) => dropped.push(range) })
    const cursor = await journal.cursor('uplink', { required: true })
    await journal.appendAll(Array.from({ length: 10 }, kilobyte))
    await journal.appendAll([kilobyte(), kilobyte()])
    expect(dropped).toEqual([{ from: 1, to: 2, count: 2 }])
    expect(journal.stats()).toMatchObject({ first: 3, last: 12, dropped: 2, bytes: 10_000 })
    expect(cursor.read(1)[0]?.position).toBe(3)
    expect(cursor.skipLost()).toBe(2)
    expect(cursor.position).toBe(2)
    await journal.close()
  })

  it('does not count what the uplink had passed', async () => {
    const dropped: unknown[] = []
    const journal = open({ onFull: 'drop-oldest', onDrop: (range) => dropped.push(range) })
    const cursor = await journal.cursor('uplink', { required: true })
    await journal.appendAll(Array.from({ length: 10 }, kilobyte))
    await cursor.commit(2)
    await journal.append(kilobyte())
    expect(dropped).toEqual([])
    await journal.appendAll([kilobyte(), kilobyte()])
    expect(dropped).toEqual([{ from: 3, to: 3, count: 1 }])
    expect(journal.stats().dropped).toBe(1)
    await journal.close()
  })

  it('keeps its count of drops over a restart', async () => {
    const path = tempDir('capacity')
    const options = { path, onFull: 'drop-oldest' } as const
    const journal = open(options)
    for (let i = 0; i < 30; i++) await journal.append(kilobyte())
    await journal.close()
    const again = open(options)
    expect(again.stats()).toMatchObject({ dropped: 20, first: 21, last: 30 })
    await again.close()
  })
})

describe('a disk that runs full', () => {
  it('makes appends wait before the reserve is touched, and go on when there is room', async () => {
    let free = 1_000_000
    const clock = fakeClock()
    const journal = open({ reserveBytes: 500_000, maxBytes: 1e8 }, { clock, freeBytes: () => free })
    await journal.append(kilobyte())
    free = 500_500
    const waits = outcome(journal.append(kilobyte()))
    await eventually(() => journal.stats().full === 'disk')
    await clock.advance(1000)
    expect(waits.done).toBe(false)
    free = 600_000
    await clock.advance(20)
    await eventually(() => waits.done)
    expect(journal.stats().full).toBeUndefined()
    await journal.close()
  })

  it('goes on in the space that trimming freed inside the file, but never below half the reserve', async () => {
    let free = 1e9
    const path = tempDir('capacity')
    const journal = open(
      { path, reserveBytes: 1_000_000, maxBytes: 1e8, blockBytes: 65_536 },
      { freeBytes: () => free },
    )
    const cursor = await journal.cursor('c', { required: true })
    await journal.appendAll(Array.from({ length: 5000 }, kilobyte))
    free = 600_000
    const first = outcome(journal.append(kilobyte()))
    await eventually(() => journal.stats().full === 'disk')
    expect(first.done).toBe(false)
    await cursor.commit(5000)
    await journal.trim()
    await eventually(() => first.done)
    const before = statSync(join(path, 'data.mdb')).size
    for (let i = 0; i < 20; i++) await journal.appendAll(Array.from({ length: 100 }, kilobyte))
    expect(statSync(join(path, 'data.mdb')).size).toBe(before)
    free = 400_000
    const second = outcome(journal.append(kilobyte()))
    await eventually(() => journal.stats().full === 'disk')
    expect(second.done).toBe(false)
    await journal.close()
  })
})
