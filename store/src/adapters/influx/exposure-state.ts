import type { Database } from 'lmdb'
import { keyText } from '../../keys.ts'
import { openLmdbFolder } from '../../lmdb-folder.ts'

/** [UTC ms of the window's begin, device]. */
export type WindowKey = [number, string]
/** Which numbers the points of a window have: `keys[i]` of a run has the number `start + i`. */
type Numbered = { start: number; keys: string[] }[]

export interface Marked {
  window: number
  device: string
  /** Which noting this is. */
  mark: number
}

/** What the exposure writer remembers: windows to work off, and the numbers of points it wrote. */
export interface ExposureState {
  /** Durably notes windows that readings fell into. */
  mark(windows: readonly WindowKey[]): Promise<void>
  /** Noted windows that begin before a time, oldest first. */
  marked(before: number, limit: number): Marked[]
  /** The number of each point, on disk when it resolves: a point that was written before keeps its number. */
  number(
    windows: readonly { window: number; device: string; keys: readonly string[] }[],
  ): Promise<Map<string, number>[]>
  /** Every point ever written for a window, by key. */
  known(window: number, device: string): string[]
  /** Done with these windows, unless they were noted again meanwhile; numbers of windows that begin before `keepFrom` are forgotten. */
  done(windows: readonly Marked[], keepFrom: number): Promise<void>
  close(): Promise<void>
}

/** In an LMDB folder of its own. Caller closes. */
export function exposureState(path: string): ExposureState {
  const folder = openLmdbFolder(path)
  const dirty: Database<[number, string], WindowKey> = folder.root.openDB({
    name: 'exposure-windows',
    encoding: 'json',
  })
  const numbers: Database<Numbered, WindowKey> = folder.root.openDB({ name: 'exposure-numbers', encoding: 'json' })
  const totals: Database<number, string> = folder.root.openDB({ name: 'exposure-totals', encoding: 'json' })
  const keyOf = (window: number, device: string): WindowKey => [window, keyText(device)]
  return {
    async mark(windows) {
      if (windows.length === 0) return
      folder.commit(() => {
        const mark = (totals.get('marks') ?? 0) + 1
        void totals.put('marks', mark)
        for (const [window, device] of windows) void dirty.put(keyOf(window, device), [mark, device])
      })
    },
    marked(before, limit) {
      folder.refresh()
      return [...dirty.getRange({ end: [before, ''], limit })].map(({ key, value }) => ({
        window: key[0],
        device: value[1],
        mark: value[0],
      }))
    },
    async number(windows) {
      return folder.commit(() =>
        windows.map(({ window, device, keys }) => {
          const runs = numbers.get(keyOf(window, device)) ?? []
          const given = new Map(runs.flatMap(({ start, keys: old }) => old.map((key, i) => [key, start + i] as const)))
          const fresh = keys.filter((key) => !given.has(key))
          if (fresh.length > 0) {
            const start = totals.get('next') ?? 0
            void totals.put('next', start + fresh.length)
            void numbers.put(keyOf(window, device), [...runs, { start, keys: fresh }])
            for (const [i, key] of fresh.entries()) given.set(key, start + i)
          }
          return given
        }),
      )
    },
    known(window, device) {
      folder.refresh()
      return (numbers.get(keyOf(window, device)) ?? []).flatMap(({ keys }) => keys)
    },
    async done(windows, keepFrom) {
      folder.commit(() => {
        for (const { window, device, mark } of windows)
          if (dirty.get(keyOf(window, device))?.[0] === mark) void dirty.remove(keyOf(window, device))
        for (const key of [...numbers.getKeys({ end: [keepFrom, ''], limit: 1000 })]) void numbers.remove(key)
      })
    },
    close: () => folder.close(),
  }
}
