import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { framerLaws } from '../../test/framer-laws.ts'
import { delimited } from './delimited.ts'
import { interByteGap } from './inter-byte-gap.ts'
import { lengthPrefixed } from './length-prefixed.ts'
import { slip, slipEncode } from './slip.ts'

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))
const texts = (frames: readonly Uint8Array[]) => frames.map((frame) => String.fromCharCode(...frame))
const silent = (error: Error) => {
  throw error
}

describe('lines', () => {
  framerLaws({
    make: (onError) => delimited({ onError }),
    stream: bytes(']C100095212340000000013\r\n ]d2010952\x1d \r\r\nlast\nopen'),
    frames: [bytes(']C100095212340000000013'), bytes(' ]d2010952\x1d '), bytes('last')],
  })
})

describe('a line beyond the limit', () => {
  framerLaws({
    make: (onError) => delimited({ maxFrameBytes: 4, onError }),
    stream: bytes('abcd\r\nabcde\r\n0123456789\nok\n'),
    frames: [bytes('abcd'), bytes('ok')],
    errors: ['FRAME_TOO_LARGE', 'FRAME_TOO_LARGE'],
  })
})

describe('delimiters of several bytes that begin alike', () => {
  framerLaws({
    make: (onError) => delimited({ delimiters: ['--x', 'x'], onError }),
    stream: bytes('a--bx-c---x--'),
    frames: [bytes('a--b'), bytes('-c-')],
  })
})

describe('delimited', () => {
  it('works when a delimiter of several bytes crosses a chunk boundary', () => {
    const framer = delimited({ delimiters: ['\r\n'], onError: silent })
    expect(framer.push(bytes('a\r'))).toEqual([])
    expect(texts(framer.push(bytes('\nb\rc\r\n')))).toEqual(['a', 'b\rc'])
  })

  it('refuses delimiters of which one begins another', () => {
    expect(() => delimited({ delimiters: ['\r', '\r\n'], onError: silent })).toThrow(/beginning of another/)
    expect(() => delimited({ delimiters: [''], onError: silent })).toThrow(/empty/)
  })

  it('refuses an endless line once, byte by byte, and reads the line behind it', () => {
    const errors: string[] = []
    const framer = delimited({ maxFrameBytes: 1_000_000, onError: (error) => errors.push(error.code) })
    // Searching from the start for each byte would be 10^12 steps: the test would not end.
    for (let i = 0; i < 2_000_000; i++) framer.push(Uint8Array.of(0x41))
    expect(errors).toEqual(['FRAME_TOO_LARGE'])
    expect(texts(framer.push(bytes('\nnext\n')))).toEqual(['next'])
  })

  it('gives back any lines, joined and cut anyhow', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ']', '\x1d', ' '), minLength: 1, maxLength: 20 })
    return fc.assert(
      fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (lines, sizes) => {
        const framer = delimited({ onError: silent })
        const stream = bytes(lines.map((l) => `${l}\r\n`).join(''))
        const out: Uint8Array[] = []
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1
          out.push(...framer.push(stream.subarray(at, at + size)))
          at += size
        }
        expect(texts(out)).toEqual(lines)
      }),
    )
  })
})

describe('frames with a two-byte length', () => {
  framerLaws({
    make: (onError) => lengthPrefixed({ lengthBytes: 2, maxFrameBytes: 6, onError }),
    stream: bytes('\0\x01a\0\x00\0\x05abcde\0\x04abcd\0\x02'),
    frames: [bytes('\0\x01a'), bytes('\0\x00'), bytes('\0\x04abcd')],
    errors: ['FRAME_TOO_LARGE'],
  })
})

describe('frames with a magic, a little-endian length and a checksum behind', () => {
  framerLaws({
    make: (onError) =>
      lengthPrefixed({
        magic: bytes('WT'),
        lengthBytes: 4,
        littleEndian: true,
        uncounted: 8,
        maxFrameBytes: 20,
        onError,
      }),
    stream: bytes('noiseWWT\x01\0\0\0a##WT\xff\xff\xff\xffWTzzzzWT\0\0\0\0##'),
    frames: [bytes('WT\x01\0\0\0a##'), bytes('WT\0\0\0\0##')],
    errors: ['FRAME_MALFORMED', 'FRAME_TOO_LARGE', 'FRAME_TOO_LARGE'],
  })
})

describe('SLIP', () => {
  framerLaws({
    make: (onError) => slip({ maxFrameBytes: 4, onError }),
    stream: bytes('\xc0ab\xdb\xdc\xdb\xdd\xc0\xc0x\xdbyz\xc0abcdef\xc0ok\xc0x\xdb\xc0q\xc0'),
    frames: [bytes('ab\xc0\xdb'), bytes('ok'), bytes('q')],
    errors: ['FRAME_MALFORMED', 'FRAME_TOO_LARGE', 'FRAME_MALFORMED'],
  })

  it('gives back what it encodes', () => {
    return fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (frame) => {
        expect(slip({ onError: silent }).push(slipEncode(frame))).toEqual([frame])
      }),
    )
  })
})

describe('inter-byte gap', () => {
  it('ends a frame by silence, told by the next chunk or by a timer', () => {
    const framer = interByteGap({ gapMs: 5, onError: silent })
    expect(framer.push(bytes('ab'), 100)).toEqual([])
    expect(framer.push(bytes('c'), 104)).toEqual([])
    expect(texts(framer.push(bytes('d'), 109))).toEqual(['abc'])
    expect(framer.flush(113)).toEqual([])
    expect(texts(framer.flush(114))).toEqual(['d'])
    expect(framer.flush(200)).toEqual([])
  })

  it('refuses a frame beyond the limit once and reads the one behind the next silence', () => {
    const errors: string[] = []
    const framer = interByteGap({ gapMs: 5, maxFrameBytes: 3, onError: (error) => errors.push(error.code) })
    framer.push(bytes('abcd'), 0)
    framer.push(bytes('ef'), 1)
    expect(errors).toEqual(['FRAME_TOO_LARGE'])
    expect(framer.push(bytes('ok'), 6)).toEqual([])
    expect(texts(framer.flush(11))).toEqual(['ok'])
  })
})
