import { byteQueue } from './byte-queue.ts'
import { DEFAULT_MAX_FRAME_BYTES, type Framer, type FramerOptions, tooLarge } from './framer.ts'

export interface InterByteGapOptions extends FramerOptions {
  /** Silence, in ms, that ends a frame. */
  gapMs: number
}

/** A framer that needs the clock of its link: the last frame ends by silence, which no chunk reports. */
export interface GapFramer extends Framer {
  push(chunk: Uint8Array, atMs: number): Uint8Array[]
  /** Ends the frame under way if nothing came for `gapMs` before `atMs`. The link calls it from a timer. */
  flush(atMs: number): Uint8Array[]
}

/** Frames that are told apart by silence on the line, such as Modbus RTU or a scanner without a suffix. */
export function interByteGap({
  gapMs,
  maxFrameBytes = DEFAULT_MAX_FRAME_BYTES,
  onError,
}: InterByteGapOptions): GapFramer {
  const queue = byteQueue()
  let lastAtMs = Number.NEGATIVE_INFINITY
  let skipping = false

  function flush(atMs: number): Uint8Array[] {
    if (atMs - lastAtMs < gapMs) return []
    skipping = false
    return queue.length === 0 ? [] : [queue.take(queue.length)]
  }

  return {
    flush,
    push(chunk, atMs) {
      const frames = flush(atMs)
      lastAtMs = atMs
      if (skipping) return frames
      queue.append(chunk)
      if (queue.length > maxFrameBytes) {
        onError(tooLarge(maxFrameBytes))
        skipping = true
        queue.drop(queue.length)
      }
      return frames
    },
  }
}
