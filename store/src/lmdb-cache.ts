/** What a cache needs of a table; an LMDB `Database` has it. */
export interface Table<V> {
  get(key: string): V | undefined
  put(key: string, value: V): unknown
  remove(key: string): unknown
}

/** Rows of one LMDB table held decoded while one writer changes them; `flush` puts the changed ones. */
export interface RowCache<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  remove(key: string): void
  /** Inside the commit. */
  flush(): void
  /** After a failed commit, or when somebody else wrote: nothing is known any more. */
  forget(): void
}

export function rowCache<V>(table: Table<V>, capacity = 50_000): RowCache<V> {
  let rows = new Map<string, V | undefined>()
  const changed = new Set<string>()
  return {
    get(key) {
      const known = rows.get(key)
      if (known !== undefined || rows.has(key)) return known
      const value = table.get(key)
      rows.set(key, value)
      return value
    },
    set(key, value) {
      rows.set(key, value)
      changed.add(key)
    },
    remove(key) {
      rows.set(key, undefined)
      changed.add(key)
    },
    flush() {
      for (const key of changed) {
        const value = rows.get(key)
        if (value === undefined) void table.remove(key)
        else void table.put(key, value)
      }
      changed.clear()
      if (rows.size > capacity) rows = new Map([...rows].slice(-Math.floor(capacity / 2)))
    },
    forget() {
      rows = new Map()
      changed.clear()
    },
  }
}
