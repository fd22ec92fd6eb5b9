import type { Cursor, Entry } from '@waytrace/standard/journal'

/** Entries are asked for in slices of this, so that a few large ones do not fill the memory. */
const SLICE = 32

/** The raw entries after a position, bounded by count and by bytes; at least one if there is any. */
export function readRaw(
  cursor: Pick<Cursor, 'read'>,
  from: number,
  { batchMessages, batchBytes }: { batchMessages: number; batchBytes: number },
): Entry[] {
  const entries: Entry[] = []
  let bytes = 0
  let after = from
  while (entries.length < batchMessages && bytes < batchBytes) {
    const slice = cursor.read(Math.min(SLICE, batchMessages - entries.length), after)
    for (const entry of slice) {
      entries.push(entry)
      bytes += entry.bytes.length
      after = entry.position
    }
    if (slice.length === 0) break
  }
  return entries
}
