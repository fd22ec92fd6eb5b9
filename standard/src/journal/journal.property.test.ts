import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../testing/index.ts'
import { type Cursor, type Journal, openJournal } from './index.ts'

const OPTIONS = { maxBytes: 1e6, reserveBytes: 0, onFull: 'wait', blockBytes: 300 } as const
/** The names of the cursors, and whether they are required. */
const CURSORS = { store: true, influx: true, live: false } as const
type Name = keyof typeof CURSORS

type Step =
  | { do: 'append'; sizes: number[] }
  | { do: 'appendAll'; sizes: number[] }
  | { do: 'commit'; name: Name; share: number }
  | { do: 'trim'; keep: number | undefined }
  | { do: 'skipLost' }
  | { do: 'reopen' }

const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('append' as const), sizes }),
    fc.record({ do: fc.constant('appendAll' as const), sizes }),
    fc.record({
      do: fc.constant('commit' as const),
      name: fc.constantFrom<Name>('store', 'influx', 'live'),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      do: fc.constant('trim' as const),
      keep: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    }),
    fc.constant({ do: 'skipLost' as const }),
    fc.constant({ do: 'reopen' as const }),
  ),
  { maxLength: 30 },
)

/** What must be true of a journal at any moment, kept in plain arrays. */
interface Model {
  /** Every acknowledged entry; its position is its index + 1. */
  entries: Buffer[]
  positions: Record<Name, number>
  /** Nothing after this may have been deleted. */
  deletable: number
}

async function open(path: string): Promise<{ journal: Journal; cursors: Record<Name, Cursor> }> {
  const journal = openJournal({ path, ...OPTIONS })
  const of = (name: Name) => journal.cursor(name, { required: CURSORS[name] })
  return { journal, cursors: { store: await of('store'), influx: await of('influx'), live: await of('live') } }
}

function check(model: Model, journal: Journal, cursors: Record<Name, Cursor>): void {
  const { first, last, bytes } = journal.stats()
  expect(last).toBe(model.entries.length)
  expect(first - 1).toBeLessThanOrEqual(model.deletable)
  const kept = journal.read(1, 1e6)
  expect(kept.map(({ position }) => position)).toEqual(model.entries.slice(first - 1).map((_, i) => first + i))
  for (const { position, bytes } of kept)
    expect(Buffer.compare(bytes, model.entries[position - 1] ?? Buffer.of())).toBe(0)
  expect(bytes).toBe(model.entries.slice(first - 1).reduce((sum, entry) => sum + entry.length + 4, 0))
  for (const [name, cursor] of Object.entries(cursors)) {
    expect(cursor.position).toBe(model.positions[name as Name])
    expect(cursor.read(3)[0]?.position).toBe(kept.find(({ position }) => position > cursor.position)?.position)
  }
}

describe('a journal under any sequence of appends, commits, trims and reopenings', () => {
  it('replays all that was acknowledged and not deleted, in order', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const path = tempDir('model')
        const model: Model = { entries: [], positions: { store: 0, influx: 0, live: 0 }, deletable: 0 }
        let { journal, cursors } = await open(path)
        let made = 0
        const fill = (size: number) => Buffer.alloc(size, ++made % 251)
        for (const step of all) {
          switch (step.do) {
            case 'append': {
              const entries = step.sizes.map(fill)
              const given = await Promise.all(entries.map((entry) => journal.append(entry)))
              expect(given).toEqual(entries.map((_, i) => model.entries.length + i + 1))
              model.entries.push(...entries)
              break
            }
            case 'appendAll': {
              const entries = step.sizes.map(fill)
              expect(await journal.appendAll(entries)).toBe(model.entries.length + 1)
              model.entries.push(...entries)
              break
            }
            case 'commit': {
              const to = Math.round(model.entries.length * step.share)
              await cursors[step.name].commit(to)
              model.positions[step.name] = Math.max(model.positions[step.name], to)
              break
            }
            case 'trim': {
              const keepFrom = step.keep === undefined ? undefined : model.entries.length - step.keep
              const passed = Math.min(model.positions.store, model.positions.influx)
              model.deletable = Math.max(model.deletable, Math.min(passed, (keepFrom ?? Number.POSITIVE_INFINITY) - 1))
              await journal.trim(keepFrom)
              break
            }
            case 'skipLost': {
              const { first } = journal.stats()
              expect(cursors.live.skipLost()).toBe(Math.max(0, first - 1 - model.positions.live))
              model.positions.live = Math.max(model.positions.live, first - 1)
              break
            }
            case 'reopen':
              await journal.close()
              ;({ journal, cursors } = await open(path))
          }
          check(model, journal, cursors)
        }
        await journal.close()
      }),
      { numRuns: 60 },
    )
  })

  it('forgets whole blocks once every required cursor has passed them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (count) => {
        const { journal, cursors } = await open(tempDir('forget'))
        await journal.appendAll(Array.from({ length: count }, () => Buffer.alloc(50)))
        await cursors.store.commit(count)
        await journal.trim()
        expect(journal.stats().first).toBe(1)
        await cursors.influx.commit(count)
        await journal.trim()
        expect(journal.stats()).toMatchObject({ first: count + 1, last: count, bytes: 0 })
        expect(await journal.append(Buffer.of(1))).toBe(count + 1)
        await journal.close()
      }),
      { numRuns: 15 },
    )
  })
})
