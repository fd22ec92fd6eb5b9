import { type Block, decodeBlock } from './block.ts'
import type { Entry } from './journal.ts'
import type { Tables } from './tables.ts'

/** Reads entries in order, decoding each block once; one per consumer, because it remembers its place. */
export function blockReader(tables: Tables) {
  let first = 0
  let block: Block | undefined

  function load(position: number): boolean {
    // A sequential reader asks for the first entry of a block, whose position is the key.
    let key = position
    let bytes = tables.blocks.get(key)
    if (bytes === undefined)
      for (const found of tables.blocks.getRange({ start: position, reverse: true, limit: 1 })) {
        key = found.key
        bytes = found.value
      }
    if (bytes === undefined) return false
    first = key
    block = decodeBlock(bytes)
    return position < first + block.count
  }

  return {
    /** At most `max` entries from position `from` on, or from the oldest kept when that is newer. */
    read(from: number, max: number): Entry[] {
      const { last } = tables.tail()
      const entries: Entry[] = []
      for (let position = Math.max(from, tables.head().first); position <= last && entries.length < max; ) {
        const known = block !== undefined && position >= first && position < first + block.count
        if (!known && !load(position)) break
        if (block === undefined) break
        const end = Math.min(first + block.count, position + max - entries.length)
        for (; position < end; position++) entries.push({ position, bytes: block.entry(position - first) })
      }
      return entries
    },
  }
}
