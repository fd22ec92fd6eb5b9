import type { Database } from 'lmdb'
import { keyText } from '../../keys.ts'

/** Gives long texts (device URNs, series) a small number for keys and packed points, for ever. */
export interface Names {
  /** Only inside a commit: makes the number when the text is new. */
  idOf(text: string): number
  find(text: string): number | undefined
  textOf(id: number): string
  /** After a commit that failed: numbers made in it do not exist. */
  forget(): void
}

const CACHED = 50_000

export function names(ids: Database<number, string>, texts: Database<string, number>): Names {
  let known = new Map<string, number>()
  let spelled = new Map<number, string>()
  function find(text: string): number | undefined {
    const cached = known.get(text)
    if (cached !== undefined) return cached
    const id = ids.get(keyText(text))
    if (id !== undefined) {
      if (known.size >= CACHED) known = new Map()
      known.set(text, id)
    }
    return id
  }
  return {
    find,
    idOf(text) {
      const found = find(text)
      if (found !== undefined) return found
      const [last] = texts.getKeys({ reverse: true, limit: 1 })
      const id = (last ?? 0) + 1
      void ids.put(keyText(text), id)
      void texts.put(id, text)
      known.set(text, id)
      return id
    },
    textOf(id) {
      const cached = spelled.get(id)
      if (cached !== undefined) return cached
      const text = texts.get(id) ?? ''
      if (spelled.size >= CACHED) spelled = new Map()
      spelled.set(id, text)
      return text
    },
    forget() {
      known = new Map()
      spelled = new Map()
    },
  }
}
