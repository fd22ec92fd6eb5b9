import type { Database } from 'lmdb'
import { fnv1a } from '../../keys.ts'
import { openLmdbFolder } from '../../lmdb-folder.ts'

/** How many points each of some events has. */
export interface Pointed {
  position: number
  points: number
}

/**
 * The running number of a database's points, and which event first named an order. Durable before the post, so that
 * a batch that is written again, cut anywhere, writes the same points. Part of backup and restore: a database that is
 * filled anew needs a new one.
 */
export interface PointNumbers {
  /** The number of the first point of each event, in the order given. On disk when it resolves. */
  begin(events: readonly Pointed[]): Promise<number[]>
  /** Whether the event at this position is the first to name the order. Remembered by the next `begin`. */
  isFirst(order: string, position: number): boolean
  close(): Promise<void>
}

/** Numbers given to one batch; kept for as many batches as a consumer may repeat. */
interface Given {
  start: number
  /** Positions and points of the events, alternating. */
  events: number[]
}
const KEPT = 256

/** In memory: for tests, and for a writer whose whole state is thrown away together with its database. */
export function memoryPointNumbers(): PointNumbers {
  const firsts = new Map<string, number>()
  let state: { last: number; next: number; given: Given[] } = { last: 0, next: 0, given: [] }
  return {
    async begin(events) {
      const { starts, ...rest } = number(events, state)
      state = rest
      return starts
    },
    isFirst: (order, position) => first(firsts.get(order), position, () => firsts.set(order, position)),
    async close() {},
  }
}

/** In an LMDB folder of its own. Caller closes. */
export function lmdbPointNumbers(path: string): PointNumbers {
  const folder = openLmdbFolder(path)
  const given: Database<Given, number> = folder.root.openDB({ name: 'point-numbers', encoding: 'json' })
  const totals: Database<{ last: number; next: number }, string> = folder.root.openDB({
    name: 'point-totals',
    encoding: 'json',
  })
  const firsts: Database<number, [number, number]> = folder.root.openDB({ name: 'order-firsts', encoding: 'json' })
  const noted = new Map<string, number>()
  const hash = (order: string): [number, number] => [fnv1a(order), fnv1a(order, 0x9e3779b9)]
  return {
    async begin(events) {
      return folder.commit(() => {
        const { last, next } = totals.get('all') ?? { last: 0, next: 0 }
        const before = [...given.getRange()].map(({ value }) => value)
        const { starts, ...after } = number(events, { last, next, given: before })
        const added = after.given.at(-1)
        if (added !== undefined && after.last > last) void given.put(added.events[0] ?? 0, added)
        for (const { events: old } of before.slice(0, -KEPT)) void given.remove(old[0] ?? 0)
        void totals.put('all', { last: after.last, next: after.next })
        for (const [order, position] of noted) void firsts.put(hash(order), position)
        noted.clear()
        return starts
      })
    },
    isFirst: (order, position) =>
      first(noted.get(order) ?? firsts.get(hash(order)), position, () => noted.set(order, position)),
    close: () => folder.close(),
  }
}

function first(known: number | undefined, position: number, note: () => void): boolean {
  if (known === undefined) note()
  return known === undefined || known === position
}

/** Old events get the numbers they had, new ones the next. */
function number(
  events: readonly Pointed[],
  { last, next, given }: { last: number; next: number; given: readonly Given[] },
) {
  const had = new Map<number, number>()
  const oldest = events[0]?.position ?? 0
  if (oldest <= last)
    for (const batch of given) {
      let start = batch.start
      for (let i = 0; i < batch.events.length; i += 2) {
        had.set(batch.events[i] ?? 0, start)
        start += batch.events[i + 1] ?? 0
      }
    }
  const fresh: Given = { start: next, events: [] }
  let newest = last
  let free = next
  const starts = events.map(({ position, points }) => {
    const start = had.get(position)
    if (start !== undefined) return start
    fresh.events.push(position, points)
    newest = Math.max(newest, position)
    free += points
    return free - points
  })
  const kept = fresh.events.length > 0 ? [...given, fresh].slice(-KEPT) : [...given]
  return { starts, last: newest, next: free, given: kept }
}
