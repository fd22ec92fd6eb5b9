import { OpsError } from '@waytrace/standard'
import { byteQueue } from './byte-queue.ts'
import { DEFAULT_MAX_FRAME_BYTES, type Framer, type FramerOptions, tooLarge } from './framer.ts'

export interface DelimitedOptions extends FramerOptions {
  /**
   * What ends a frame: text (as UTF-8) or bytes. Several may be given; none may begin with another. Carriage return and
   * line feed as two delimiters also take CRLF, since empty frames are dropped. Default `['\r', '\n']`.
   */
  delimiters?: readonly (string | Uint8Array)[]
}

/** Frames that end with a delimiter, which is cut off. Nothing else is trimmed: 0x1D and blanks are data. */
export function delimited({
  delimiters = ['\r', '\n'],
  maxFrameBytes = DEFAULT_MAX_FRAME_BYTES,
  onError,
}: DelimitedOptions): Framer {
  const ends = delimiters.map((d) => (typeof d === 'string' ? new TextEncoder().encode(d) : d))
  checkDelimiters(ends)
  const queue = byteQueue()
  /** No delimiter begins before this index: the search goes on from here, never from the start. */
  let searched = 0
  let skipping = false

  /** Length of the delimiter at `searched`; 0 = none begins there; -1 = the bytes so far do not tell. */
  function delimiterHere(): number {
    let open = false
    for (const end of ends) {
      let i = 0
      while (i < end.length && searched + i < queue.length && queue.at(searched + i) === end[i]) i++
      if (i === end.length) return end.length
      if (searched + i === queue.length) open = true
    }
    return open ? -1 : 0
  }

  function finish(delimiterLength: number): Uint8Array | undefined {
    const frame = queue.take(searched)
    queue.drop(delimiterLength)
    searched = 0
    const wasSkipping = skipping
    skipping = false
    if (wasSkipping || frame.length === 0) return undefined
    return frame
  }

  return {
    push(chunk) {
      const frames: Uint8Array[] = []
      queue.append(chunk)
      while (searched < queue.length) {
        const length = delimiterHere()
        if (length === -1) break
        if (length > 0) {
          const frame = finish(length)
          if (frame !== undefined) frames.push(frame)
          continue
        }
        searched++
        if (skipping || searched > maxFrameBytes) {
          if (!skipping) onError(tooLarge(maxFrameBytes))
          skipping = true
          queue.drop(searched)
          searched = 0
        }
      }
      return frames
    },
  }
}

function checkDelimiters(ends: readonly Uint8Array[]): void {
  const texts = ends.map((end) => String.fromCharCode(...end))
  const clash = texts.some((a, i) => a === '' || texts.some((b, j) => i !== j && b.startsWith(a)))
  if (texts.length === 0 || clash)
    throw new OpsError('OPTIONS_INVALID', 'delimiters: at least one, none empty, none the beginning of another')
}
