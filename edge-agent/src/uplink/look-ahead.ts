import type { Entry } from '@waytrace/standard/journal'

/** Entries read in one go: a few blocks of the journal. */
const CHUNK = 256

/** Chunks with more bytes than this are kept as they were read. */
const ARENA_BYTES = 1024 * 1024

/**
 * Reads a journal for a consumer that takes less per step than a block holds: each block is fetched once. Two places
 * are remembered, because live events and backlog are sent side by side. Entries are valid until the next `read`.
 * They are copied to memory that is used again: a block of the journal that outlives a few steps is garbage that only
 * a full collection frees (measured: 40 MiB more while draining).
 */
export function lookAhead(read: (after: number, max: number) => Entry[]) {
  let chunks: { entries: Entry[]; arena: Buffer }[] = []

  function kept(entries: Entry[], arena: Buffer): { entries: Entry[]; arena: Buffer } {
    let size = 0
    for (const { bytes } of entries) size += bytes.length
    if (size > ARENA_BYTES) return { entries, arena }
    const room = size <= arena.length ? arena : Buffer.allocUnsafeSlow(Math.min(ARENA_BYTES, size * 2))
    let at = 0
    const copies = entries.map(({ position, bytes }) => {
      room.set(bytes, at)
      at += bytes.length
      return { position, bytes: room.subarray(at - bytes.length, at) }
    })
    return { entries: copies, arena: room }
  }

  return {
    /** Entries after a position, at most `max`; fewer at the end of a chunk, none only when there are none. */
    read(after: number, max: number): Entry[] {
      for (const { entries } of chunks) {
        const start = after + 1 - (entries[0]?.position ?? Number.POSITIVE_INFINITY)
        if (start >= 0 && start < entries.length) return entries.slice(start, start + max)
      }
      const oldest = chunks.length > 1 ? chunks.pop() : undefined
      const chunk = kept(read(after, max === 1 ? 1 : CHUNK), oldest?.arena ?? Buffer.alloc(0))
      chunks = [chunk, ...chunks]
      return chunk.entries.slice(0, max)
    },
    /** Forgets what was read: the journal may have dropped it. */
    reset(): void {
      chunks = []
    },
  }
}

/**
 * Buffers for messages in flight, used again after their acknowledgement: garbage outside the heap is collected so late
 * that it doubled the memory of a draining agent (measured: 146 MiB instead of 80).
 */
export function bufferPool(bytes: number, most: number) {
  let free: Buffer[] = []
  return {
    take: (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(bytes),
    give(buffer: Buffer): void {
      if (buffer.length === bytes && free.length < most) free.push(buffer)
    },
    /** What is in flight on a broken connection may still be read: it never comes back. */
    reset(): void {
      free = []
    },
  }
}
