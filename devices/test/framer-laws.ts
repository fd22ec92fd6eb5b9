import { expect, it } from 'vitest'
import type { Framer } from '../src/framing/framer.ts'

export interface FramerCase {
  /** A fresh framer; `onError` collects what it reports. */
  make: (onError: (error: Error) => void) => Framer
  stream: Uint8Array
  frames: readonly Uint8Array[]
  /** Codes of the errors the stream must cause, in order. */
  errors?: readonly string[]
}

/** Laws of every framer over one stream: cutting it anywhere changes nothing, and neither do foreign buffers. */
export function framerLaws({ make, stream, frames, errors = [] }: FramerCase): void {
  function run(chunks: readonly Uint8Array[]) {
    const seen: string[] = []
    const framer = make((error) => seen.push((error as { code?: string }).code ?? error.message))
    const out = chunks.flatMap((chunk) => {
      const reused = Uint8Array.from([0xee, ...chunk])
      const got = framer.push(reused.subarray(1), 0)
      reused.fill(0xee) // a link may reuse its buffer: frames must not point into it
      return got
    })
    return { frames: out.map((frame) => [...frame]), errors: seen }
  }
  const want = { frames: frames.map((frame) => [...frame]), errors: [...errors] }

  it('gives the same frames for the stream in one piece and byte by byte', () => {
    expect(run([stream])).toEqual(want)
    expect(run([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(want)
  })

  it('gives the same frames when the stream is cut at any byte', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(run([stream.subarray(0, cut), stream.subarray(cut)]), `cut at ${cut}`).toEqual(want)
    }
  })
}
