import type { RootDatabase } from 'lmdb'
import { keyText } from './keys.ts'
import type { LmdbFolder } from './lmdb-folder.ts'
import type { DeadLetter, DeadLetters } from './ports.ts'

/** [UTC ms received, id] -> code. */
type IndexKey = [number, string]

export function openDeadLetterTables(root: RootDatabase) {
  return {
    letters: root.openDB<DeadLetter, string>({ name: 'dead-letters' }),
    byTime: root.openDB<string, IndexKey>({ name: 'dead-letters-by-time', encoding: 'string' }),
    totals: root.openDB<number, string>({ name: 'dead-letters-totals', encoding: 'json' }),
  }
}
export type DeadLetterTables = ReturnType<typeof openDeadLetterTables>

/** Kept until they are replayed and aged: a letter written twice under one id is one. */
export function deadLetters(folder: LmdbFolder, tables: DeadLetterTables): DeadLetters {
  const { letters, byTime, totals } = tables
  const read = (id: string) => {
    const letter = letters.get(keyText(id))
    return letter === undefined ? undefined : { ...letter, payload: new Uint8Array(letter.payload) }
  }
  return {
    async add(...added) {
      if (added.length === 0) return
      folder.commit(() => {
        let fresh = 0
        for (const letter of added) {
          const key = keyText(letter.id)
          const before = letters.get(key)
          if (before !== undefined) void byTime.remove([before.receivedAt, key])
          else fresh++
          void letters.put(key, { ...letter, payload: Buffer.from(letter.payload) })
          void byTime.put([letter.receivedAt, key], letter.code)
        }
        void totals.put('all', (totals.get('all') ?? 0) + fresh)
      })
    },
    get(id) {
      folder.refresh()
      return read(id)
    },
    list({ after, limit, code }) {
      folder.refresh()
      const items: DeadLetter[] = []
      const cut = after?.indexOf(' ') ?? -1
      const start: IndexKey | undefined =
        after === undefined || cut < 0 ? undefined : [Number(after.slice(0, cut)), after.slice(cut + 1)]
      let last: IndexKey | undefined
      for (const { key, value } of byTime.getRange({ reverse: true, ...(start === undefined ? {} : { start }) })) {
        if (
          (start !== undefined && key[0] === start[0] && key[1] === start[1]) ||
          (code !== undefined && value !== code)
        )
          continue
        if (items.length >= limit && last !== undefined) return { items, next: `${last[0]} ${last[1]}` }
        const letter = read(key[1])
        if (letter === undefined) continue
        items.push(letter)
        last = key
      }
      return { items }
    },
    async markReplayed(id, at) {
      folder.commit(() => {
        const letter = letters.get(keyText(id))
        if (letter !== undefined) void letters.put(keyText(id), { ...letter, replayedAt: at })
      })
    },
    count() {
      folder.refresh()
      return totals.get('all') ?? 0
    },
  }
}

/** Deletes at most `limit` letters received before a time. True when there may be more. */
export function purgeDeadLetters(
  folder: LmdbFolder,
  { letters, byTime, totals }: DeadLetterTables,
  before: number,
  limit: number,
): boolean {
  return folder.commit(() => {
    const old = [...byTime.getKeys({ end: [before, ''], limit })]
    for (const key of old) {
      void byTime.remove(key)
      void letters.remove(key[1])
    }
    if (old.length > 0) void totals.put('all', (totals.get('all') ?? old.length) - old.length)
    return old.length === limit
  })
}
