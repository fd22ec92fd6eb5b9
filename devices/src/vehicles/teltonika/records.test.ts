import { OpsError } from '@waytrace/standard'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseOptions } from '../../driver.ts'
import { observationSchema } from '../../observation.ts'
import codec8 from '../teltonika-codec8.ts'
import codec8e from '../teltonika-codec8e.ts'
import codec16 from '../teltonika-codec16.ts'
import { encodeTeltonikaPacket } from './avl-packet.ts'
import { crc16ibm } from './crc16.ts'
import { acknowledgement, recordCount, wrapPacket } from './packet.ts'
import { CODEC_8, CODEC_8E, CODEC_16, decodeRecords, encodeRecords } from './records.ts'

const layouts = fc.constantFrom(CODEC_8, CODEC_8E, CODEC_16)

it('the checksum is CRC-16/IBM: its published check value', () => {
  expect(crc16ibm(new TextEncoder().encode('123456789'))).toBe(0xbb3d)
})

it('records are written as they are read, in any codec', () =>
  fc.assert(
    fc.property(
      layouts.chain((layout) =>
        fc.tuple(
          fc.constant(layout),
          fc.array(
            fc.record({
              at: fc.integer({ min: 0, max: 8.64e15 }),
              priority: fc.nat(255),
              longitude: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
              latitude: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
              altitude: fc.integer({ min: -32768, max: 32767 }),
              angle: fc.nat(65535),
              satellites: fc.nat(255),
              speed: fc.nat(65535),
              eventId: fc.nat(layout.idBytes === 1 ? 255 : 65535),
              ...(layout.generation ? { generation: fc.nat(255) } : {}),
              elements: fc
                .array(
                  fc.record({
                    id: fc.nat(layout.idBytes === 1 ? 255 : 65535),
                    width: fc.constantFrom(1, 2, 4, 8, ...(layout.variable ? [0, 3, 17] : [])),
                  }),
                  { maxLength: 12 },
                )
                .map((list) =>
                  list
                    .sort((a, b) => order(a.width) - order(b.width))
                    .map(({ id, width }) => ({
                      id,
                      bytes: new Uint8Array(width).fill(id & 0xff),
                      variable: order(width) === 9,
                    })),
                ),
            }),
            { minLength: 1, maxLength: 10 },
          ),
        ),
      ),
      ([layout, records]) => {
        const frame = encodeRecords(records, layout)
        expect(decodeRecords(frame, layout)).toEqual(records)
        expect(recordCount(frame)).toBe(records.length)
      },
    ),
  ))

/** Fixed widths in their order; everything else comes last. */
function order(width: number): number {
  return [1, 2, 4, 8].includes(width) ? width : 9
}

// The CRC hides the record reader from ordinary fuzzing: here damaged data gets a good CRC again.
it('damaged data under a good checksum gives valid observations or FRAME_MALFORMED', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(['8', codec8] as const, ['8E', codec8e] as const, ['16', codec16] as const),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
      fc.nat(40),
      ([codec, driver], damage, cut) => {
        const io = { 21: 4, 72: 850, 66: 24_000, 78: new Uint8Array(8).fill(0xfe), ...(codec === '8E' ? text : {}) }
        const data = encodeTeltonikaPacket([{ at: 1.7e12, satellites: 9, io }, { at: 1.7e12 }], { codec }).slice(8, -4)
        for (const [at, value] of damage) if (at < data.length) data[at] = value
        const frame = wrapPacket(cut > 20 ? data : data.subarray(0, Math.max(3, data.length - cut)))
        try {
          for (const observation of driver.decode(frame, { receivedAt: 0 }, parseOptions(driver, {}))) {
            const parsed = observationSchema.safeParse(observation)
            expect(parsed.success, JSON.stringify(observation)).toBe(true)
          }
        } catch (error) {
          if (!(error instanceof OpsError)) throw error
          expect(error.code).toBe('FRAME_MALFORMED')
        }
      },
    ),
    { numRuns: 3000 },
  ))

const text = { 281: new TextEncoder().encode('P0299,P0675'), 256: new TextEncoder().encode('WV1ZZZ2EZ86015388') }

it('refuses to write what a codec cannot carry', () => {
  expect(() => encodeTeltonikaPacket([{ at: 0, io: { 701: 1 } }], { codec: '8' })).toThrow('AVL id 701')
  expect(() => encodeTeltonikaPacket([{ at: 0, io: text }], { codec: '16' })).toThrow('1, 2, 4 or 8 bytes')
  expect(() => encodeTeltonikaPacket([])).toThrow('records')
})

it('writes each id as wide as the model sends it', () => {
  const [record] = decodeRecords(encodeTeltonikaPacket([{ at: 0, io: { 66: 1, 72: -1, 9999: 70_000 } }]), CODEC_8E)
  expect(record?.elements.map(({ id, bytes }) => [id, bytes.length])).toEqual([
    [66, 2],
    [72, 4],
    [9999, 4],
  ])
})

it('acknowledges by the record count in four bytes', () => {
  expect(acknowledgement(2)).toEqual(Uint8Array.of(0, 0, 0, 2))
  expect(acknowledgement(255)).toEqual(Uint8Array.of(0, 0, 0, 255))
  expect(() => acknowledgement(256)).toThrow('0-255')
})

it('a trouble code said twice stays twice', () => {
  const fault = { kind: 'fault', at: 1.7e12, system: 'obd', code: 'P0299', active: true } as const
  const options = parseOptions(codec8e, {})
  const frame = codec8e.encode?.([fault, fault], options) as Uint8Array
  expect(codec8e.decode(frame, { receivedAt: 0 }, options)).toEqual([fault, fault])
})
