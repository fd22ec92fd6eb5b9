import { OpsError } from '@waytrace/standard'
import { byteQueue } from './byte-queue.ts'
import { DEFAULT_MAX_FRAME_BYTES, type Framer, type FramerOptions, tooLarge } from './framer.ts'

export interface LengthPrefixedOptions extends FramerOptions {
  /** Constant bytes every frame begins with. Without them a corrupt length can only be skipped, not searched past. */
  magic?: Uint8Array
  /** Where the length field begins, in bytes from the start of the frame. Default: behind `magic`. */
  lengthOffset?: number
  /** Width of the length field in bytes. */
  lengthBytes: 1 | 2 | 4
  littleEndian?: boolean
  /** Bytes of the frame that the length field does not count: all up to its end, a checksum behind. Default: all up to its end. */
  uncounted?: number
}

/** Frames that state their length. A frame is returned whole, prefix and checksum included. */
export function lengthPrefixed({
  magic = new Uint8Array(),
  lengthOffset = magic.length,
  lengthBytes,
  littleEndian = false,
  uncounted = lengthOffset + lengthBytes,
  maxFrameBytes = DEFAULT_MAX_FRAME_BYTES,
  onError,
}: LengthPrefixedOptions): Framer {
  const queue = byteQueue()
  const header = lengthOffset + lengthBytes
  let skip = 0
  let lost = false

  /** Drops bytes until the queue can begin with `magic`; says so once for each stretch. */
  function synchronise(): void {
    let drop = 0
    while (drop < queue.length && !couldBegin(drop)) drop++
    if (drop === 0) return
    if (!lost) onError(new OpsError('FRAME_MALFORMED', 'bytes outside a frame'))
    lost = true
    queue.drop(drop)
  }

  function couldBegin(at: number): boolean {
    for (let i = 0; i < magic.length && at + i < queue.length; i++) if (queue.at(at + i) !== magic[i]) return false
    return true
  }

  function frameLength(): number {
    const view = queue.view()
    if (lengthBytes === 1) return uncounted + view.getUint8(lengthOffset)
    if (lengthBytes === 2) return uncounted + view.getUint16(lengthOffset, littleEndian)
    return uncounted + view.getUint32(lengthOffset, littleEndian)
  }

  function refuse(length: number): void {
    onError(tooLarge(maxFrameBytes))
    if (magic.length === 0) {
      skip = length
      return
    }
    queue.drop(1)
    lost = true
  }

  return {
    push(chunk) {
      const frames: Uint8Array[] = []
      queue.append(chunk)
      for (;;) {
        const skipped = Math.min(skip, queue.length)
        queue.drop(skipped)
        skip -= skipped
        synchronise()
        if (skip > 0 || queue.length < header) return frames
        const length = Math.max(header, frameLength())
        if (length > maxFrameBytes) {
          refuse(length)
          continue
        }
        if (queue.length < length) return frames
        frames.push(queue.take(length))
        lost = false
      }
    },
  }
}
