import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CanFrame, formatSlcan, j1939Id, parseSlcan } from './can-frame.ts'
import { j1939Frames, j1939Transport, PACKET_TIMEOUT_MS } from './transport.ts'

const DM1 = 0xfeca
const payload = (length: number, seed = 0) => Uint8Array.from({ length }, (_, i) => (i * 7 + seed) & 0xff)

/** The message completed by these frames, all `stepMs` apart. */
function run(frames: readonly CanFrame[], stepMs = 50) {
  const transport = j1939Transport()
  const messages = frames.flatMap((frame, i) => transport.push(frame, i * stepMs) ?? [])
  return { messages, dropped: transport.dropped }
}

describe('identifiers', () => {
  it('broadcast groups have no destination, addressed ones have it in the third byte', () => {
    expect(j1939Id(0x18feca00)).toEqual({ priority: 6, pgn: 0xfeca, destination: 255, source: 0 })
    expect(j1939Id(0x1cecff21)).toEqual({ priority: 7, pgn: 0xec00, destination: 255, source: 0x21 })
    expect(j1939Id(0x18ea0b03)).toEqual({ priority: 6, pgn: 0xea00, destination: 0x0b, source: 3 })
  })

  it('a line is written as it is read', () =>
    fc.assert(
      fc.property(fc.nat(0x1fffffff), fc.uint8Array({ maxLength: 8 }), (id, data) => {
        expect(parseSlcan(formatSlcan({ id, extended: true, data }))).toEqual({ id, extended: true, data })
      }),
    ))
})

describe('messages of many packets', () => {
  it('come together whatever their length, and short ones pass', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1785 }), fc.nat(253), (length, source) => {
        const bytes = payload(length)
        const message = { pgn: DM1, source, destination: 255, bytes }
        expect(run(j1939Frames(DM1, source, bytes))).toEqual({ messages: [message], dropped: 0 })
      }),
    ))

  it('of two nodes interleave', () => {
    const [engine, brakes] = [j1939Frames(DM1, 0, payload(18)), j1939Frames(DM1, 11, payload(30, 5))]
    const frames = brakes.flatMap((frame, i) => [frame, ...(engine[i] ? [engine[i]] : [])])
    const { messages } = run(frames, 10)
    expect(messages.map(({ source, bytes }) => [source, bytes.length])).toEqual([
      [0, 18],
      [11, 30],
    ])
  })

  it('are given up when a packet is missing, doubled or out of order', () => {
    const [announcement, first, second, third] = j1939Frames(DM1, 0, payload(18)) as [
      CanFrame,
      CanFrame,
      CanFrame,
      CanFrame,
    ]
    for (const packets of [
      [first, third],
      [first, first, second, third],
      [second, first, third],
    ]) {
      expect(run([announcement, ...packets])).toEqual({ messages: [], dropped: 1 })
    }
  })

  it('are given up when the next packet takes too long', () => {
    const frames = j1939Frames(DM1, 0, payload(18))
    expect(run(frames, PACKET_TIMEOUT_MS).messages).toHaveLength(1)
    expect(run(frames, PACKET_TIMEOUT_MS + 1)).toEqual({ messages: [], dropped: 1 })
  })

  it('give way to a new announcement of the same node', () => {
    const [old, fresh] = [j1939Frames(DM1, 0, payload(18)), j1939Frames(DM1, 0, payload(14, 9))]
    const { messages, dropped } = run([...old.slice(0, 2), ...fresh])
    expect(messages.map(({ bytes }) => bytes)).toEqual([payload(14, 9)])
    expect(dropped).toBe(1)
  })

  it('are ignored without their announcement', () => {
    expect(run(j1939Frames(DM1, 0, payload(18)).slice(1))).toEqual({ messages: [], dropped: 0 })
  })

  it('that contradict themselves are not begun', () => {
    const [announcement, ...packets] = j1939Frames(DM1, 0, payload(18)) as [CanFrame, ...CanFrame[]]
    for (const [at, value] of [
      [1, 30],
      [3, 9],
      [2, 0xff],
    ] as const) {
      const data = announcement.data.with(at, value)
      expect(run([{ ...announcement, data }, ...packets])).toEqual({ messages: [], dropped: 1 })
    }
  })

  it('to one node are heard too, with packets it asks for again', () => {
    const addressed = (id: number, ...data: number[]) => ({ id, extended: true, data: Uint8Array.from(data) })
    const rts = addressed(0x1cec0b00, 16, 14, 0, 2, 2, 0xca, 0xfe, 0)
    const cts = (next: number) => addressed(0x1cec000b, 17, 2, next, 0xff, 0xff, 0xca, 0xfe, 0)
    const one = addressed(0x1ceb0b00, 1, 1, 2, 3, 4, 5, 6, 7)
    const two = addressed(0x1ceb0b00, 2, 8, 9, 10, 11, 12, 13, 14)
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
    const want = [{ pgn: DM1, source: 0, destination: 11, bytes }]
    expect(run([rts, cts(1), one, two]).messages).toEqual(want)
    expect(run([rts, cts(1), one, cts(1), one, two]).messages).toEqual(want)
    const abort = addressed(0x1cec000b, 255, 1, 0xff, 0xff, 0xff, 0xca, 0xfe, 0)
    expect(run([rts, cts(1), one, abort, two])).toEqual({ messages: [], dropped: 1 })
  })

  it('never hold more sessions than there is room for', () => {
    const transport = j1939Transport()
    for (let source = 0; source < 200; source++) transport.push(j1939Frames(DM1, source, payload(18))[0] as CanFrame, 0)
    expect(transport.dropped).toBe(200 - 64)
  })

  it('any frames leave the transport standing', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom(0x1cecff00, 0x1cebff00, 0x1cec0b00, 0x1ceb0b00),
            fc.nat(3),
            fc.uint8Array({ maxLength: 8 }),
          ),
        ),
        (frames) => {
          for (const { bytes } of run(frames.map(([id, source, data]) => ({ id: id | source, extended: true, data })))
            .messages) {
            expect(bytes.length).toBeLessThanOrEqual(1785)
          }
        },
      ),
    ))
})
