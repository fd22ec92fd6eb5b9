/** Bytes received and not yet used, contiguous, at amortised constant cost per byte. Its views last until the next `append`. */
export interface ByteQueue {
  readonly length: number
  append(chunk: Uint8Array): void
  at(index: number): number
  view(): DataView
  /** A copy of the first `count` bytes, which leave the queue. */
  take(count: number): Uint8Array
  drop(count: number): void
}

export function byteQueue(): ByteQueue {
  let store = new Uint8Array(256)
  let start = 0
  let end = 0

  return {
    get length() {
      return end - start
    },
    append(chunk) {
      const length = end - start
      if (end + chunk.length > store.length) {
        // Moving only when at least half is free keeps the moves linear over the whole stream.
        const needed = length + chunk.length
        const target = needed * 2 > store.length ? new Uint8Array(needed * 2) : store
        target.set(store.subarray(start, end))
        store = target
        start = 0
        end = length
      }
      store.set(chunk, end)
      end += chunk.length
    },
    at: (index) => store[start + index] ?? 0,
    view: () => new DataView(store.buffer, start, end - start),
    take(count) {
      const bytes = store.slice(start, start + count)
      start += bytes.length
      return bytes
    },
    drop(count) {
      start = Math.min(end, start + count)
      if (start === end) {
        start = 0
        end = 0
        // One oversized chunk must not hold its memory for the life of the link.
        if (store.length > 1_048_576) store = new Uint8Array(256)
      }
    },
  }
}
