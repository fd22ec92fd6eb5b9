import { OpsError } from '@waytrace/standard'

/**
 * Cuts a byte stream into frames. `push` takes the next chunk, however the link cut it, and returns the frames it
 * completes, each a copy of its own. Memory is bounded by `maxFrameBytes` and the chunk; work is linear in the bytes.
 * `atMs` (UTC ms of the chunk) matters only to framers that judge time.
 */
export interface Framer {
  push(chunk: Uint8Array, atMs?: number): Uint8Array[]
}

export interface FramerOptions {
  /** Longest frame in bytes, delimiters excluded. Default 65,536. */
  maxFrameBytes?: number
  /** Told once for each stretch of the stream that is no frame: FRAME_TOO_LARGE or FRAME_MALFORMED. The stream goes on. */
  onError: (error: OpsError) => void
}

export const DEFAULT_MAX_FRAME_BYTES = 65_536

export function tooLarge(maxFrameBytes: number): OpsError {
  return new OpsError('FRAME_TOO_LARGE', `no frame end within ${maxFrameBytes} bytes`)
}
