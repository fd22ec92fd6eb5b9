import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sourceFlags, startWorker } from '../process/worker.ts'
import { eventually, type StartedProcess, startProcess, startProgram, tempDir } from '../testing/index.ts'
import { type Journal, openJournal } from './index.ts'

const OPTIONS = { maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' } as const

const startAppender = (path: string, tag: string, width = 8) =>
  startProcess(import.meta.url, './appender.fixture.ts', { args: [path, tag, String(width)] })

/** What a child printed as acknowledged: its number and the position. The last line may be torn. */
const acked = ({ lines }: StartedProcess) => lines.map((line) => line.split(' ').map(Number) as [number, number])

/** The entries as `tag`, `n`, from the oldest on, read through a cursor in small steps. */
async function readAll(journal: Journal): Promise<{ position: number; tag: string; n: number }[]> {
  const cursor = await journal.cursor('reader', { required: true })
  const found: { position: number; tag: string; n: number }[] = []
  for (let after = cursor.position; ; after = found.at(-1)?.position ?? after) {
    const entries = cursor.read(1000, after)
    for (const { position, bytes } of entries) {
      const [tag = '', n = ''] = Buffer.from(bytes).toString('latin1').split(':', 2)
      found.push({ position, tag, n: Number(n) })
    }
    if (entries.length === 0) return found
  }
}

describe('a journal whose writer is killed', () => {
  it('has every acknowledged entry, in order, once, round after round', async () => {
    const path = tempDir('killed')
    const known = new Map<number, string>()
    for (const [round, lines] of fc.sample(fc.integer({ min: 1, max: 80 }), { numRuns: 6, seed: 7 }).entries()) {
      const child = startAppender(path, `r${round}`)
      await eventually(() => child.lines.length > lines * 20)
      await child.kill()
      for (const [n, position] of acked(child).slice(0, -1)) known.set(position, `r${round}:${n}`)
    }
    const journal = openJournal({ path, ...OPTIONS })
    const entries = await readAll(journal)
    expect(entries.map(({ position }) => position)).toEqual(entries.map((_, i) => i + 1))
    expect(new Set(entries.map(({ tag, n }) => `${tag}:${n}`)).size).toBe(entries.length)
    const lost = [...known].filter(([position, what]) => {
      const entry = entries[position - 1]
      return entry === undefined || `${entry.tag}:${entry.n}` !== what
    })
    expect(lost).toEqual([])
    expect(known.size).toBeGreaterThan(1000)
    expect(await journal.append(Buffer.from('after'))).toBe(entries.length + 1)
    await journal.close()
  })
})

describe('a journal whose disk refuses a write', () => {
  it('says DISK_FULL once, and has every acknowledged entry when it is opened again', async () => {
    const path = tempDir('refused')
    const fixture = fileURLToPath(new URL('./filler.fixture.ts', import.meta.url))
    // A limit on file size fails a write as a full disk does, without the rights to make a small file system.
    const child = startProgram('bash', {
      args: [
        '-c',
        'ulimit -f 8192; exec "$@"',
        'bash',
        process.execPath,
        ...sourceFlags(import.meta.url),
        fixture,
        path,
      ],
    })
    expect(await child.waitForLine(/^refused/)).toBe('refused DISK_FULL fatal true')
    await child.kill()
    const count = Number(
      child.lines
        .filter((line) => line.startsWith('acked'))
        .at(-1)
        ?.slice(6),
    )
    expect(count).toBeGreaterThan(1000)
    const journal = openJournal({ path, ...OPTIONS })
    const entries = journal.read(1, 1e6)
    expect(entries.length).toBeGreaterThanOrEqual(count)
    expect(entries.every(({ position, bytes }) => Buffer.from(bytes).readUInt32LE(0) === position)).toBe(true)
    await journal.close()
  })
})

describe('a journal shared by processes', () => {
  it('gives two writers and a trimming reader one order without gaps', async () => {
    const path = tempDir('shared')
    const journal = openJournal({ path, ...OPTIONS })
    const cursor = await journal.cursor('reader', { required: true })
    const children = [startAppender(path, 'a'), startAppender(path, 'b')]
    const seen: string[] = []
    const counts = { a: 0, b: 0 }
    await eventually(
      async () => {
        const entries = cursor.read(500)
        for (const { position, bytes } of entries) {
          expect(position).toBe(seen.length + 1)
          const what = Buffer.from(bytes).toString('latin1').split(':', 2).join(':')
          seen.push(what)
          counts[what.startsWith('a') ? 'a' : 'b']++
        }
        await cursor.commit(seen.length)
        await journal.trim()
        return counts.a > 2000 && counts.b > 2000
      },
      { intervalMs: 0, timeoutMs: 25_000 },
    )
    await Promise.all(children.map((child) => child.kill()))
    for (const { bytes } of cursor.read(1e6)) seen.push(Buffer.from(bytes).toString('latin1').split(':', 2).join(':'))
    for (const [i, child] of children.entries())
      for (const [n, position] of acked(child).slice(0, -1))
        expect(seen[position - 1]).toBe(`${i === 0 ? 'a' : 'b'}:${n}`)
    for (const tag of ['a', 'b']) {
      const own = seen.filter((what) => what.startsWith(tag)).map((what) => Number(what.slice(2)))
      expect(own).toEqual([...own].sort((x, y) => x - y))
    }
    expect(journal.stats().first).toBeGreaterThan(1)
    await journal.close()
  })

  it('tells a listener of what another process appended', async () => {
    const path = tempDir('told')
    const journal = openJournal({ path, ...OPTIONS })
    let told = 0
    const unsubscribe = journal.onAppend(() => {
      told = journal.stats().last
    })
    const child = startAppender(path, 'a')
    await eventually(() => told > 10)
    await child.kill()
    unsubscribe()
    await journal.close()
  })

  it('is appended to by threads of one process at once', async () => {
    const path = tempDir('threads')
    const journal = openJournal({ path, ...OPTIONS })
    const threads = ['t1', 't2'].map((tag) =>
      startWorker(import.meta.url, './worker.fixture', { path, tag, count: 2000 }),
    )
    const answers = threads.map(
      (thread) =>
        new Promise<number[]>((resolve, reject) => {
          thread.once('message', resolve)
          thread.once('error', reject)
        }),
    )
    const own = await Promise.all(Array.from({ length: 2000 }, (_, i) => journal.append(Buffer.from(`t0:${i + 1}`))))
    const positions = [own, ...(await Promise.all(answers))]
    const entries = await readAll(journal)
    expect(entries).toHaveLength(6000)
    for (const [tag, given] of positions.entries())
      for (const [i, position] of given.entries())
        expect(entries[position - 1]).toEqual({ position, tag: `t${tag}`, n: i + 1 })
    await journal.close()
  })
})
