import { OpsError } from '@waytrace/standard'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBlock, encodeRtuResponse, encodeTcpResponse, parseModbus } from './modbus/block-frame.ts'
import { crc16Modbus } from './modbus/crc16.ts'
import { registerMap } from './modbus/map.ts'
import { planBlocks } from './modbus/plan.ts'

const hex = (digits: string) => Uint8Array.from(Buffer.from(digits, 'hex'))
const map = (...entries: object[]) => registerMap.parse(entries.map((e) => ({ kind: 'temperature', ...e })))

describe('the CRC', () => {
  it('is 50227 of 01..09 00 and 33806 of 110100130025 (node-modbus-serial test/utils/crc16.test.js)', () => {
    expect(crc16Modbus(hex('01020304050607080900'))).toBe(50_227)
    expect(crc16Modbus(hex('110100130025'))).toBe(33_806)
  })
})

const answer = fc.record({
  unit: fc.integer({ min: 0, max: 255 }),
  function: fc.constantFrom(3, 4),
  start: fc.nat(0xff00),
  data: fc.uint8Array({ minLength: 1, maxLength: 125 }).map((half) => Uint8Array.of(...half, ...half)),
})

describe('the three forms of an answer', () => {
  it('are told apart whatever they hold', () => {
    return fc.assert(
      fc.property(answer, fc.nat(0xffff), ({ start, ...block }, transaction) => {
        const count = block.data.length / 2
        expect(parseModbus(encodeBlock({ ...block, start, count }))).toEqual({ ...block, start, count })
        expect(parseModbus(encodeRtuResponse(block))).toEqual(block)
        expect(parseModbus(encodeTcpResponse(block, transaction))).toEqual(block)
      }),
    )
  })

  it('carry the exception of a device', () => {
    const block = encodeBlock({ unit: 1, function: 3, start: 9, count: 2, data: new Uint8Array(), exception: 4 })
    expect(parseModbus(block)).toMatchObject({ unit: 1, function: 3, start: 9, count: 2, exception: 4 })
  })

  it('refuse every single-bit flip where they have a CRC', () => {
    const data = hex('FF490019')
    const frames = [
      encodeBlock({ unit: 1, function: 3, start: 100, count: 2, data }),
      encodeRtuResponse({ unit: 1, function: 3, data }),
    ]
    for (const frame of frames) {
      for (let bit = 0; bit < frame.length * 8; bit++) {
        const flipped = frame.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        expect(() => parseModbus(flipped), `bit ${bit}`).toThrowError(OpsError)
      }
    }
  })
})

describe('planBlocks', () => {
  it('reads neighbours together and never what nobody asked for', () => {
    const blocks = planBlocks(
      map({ address: 101 }, { address: 100 }, { address: 102, type: 'float32' }, { address: 105 }),
    )
    expect(blocks).toEqual([
      { function: 3, start: 100, count: 4 },
      { function: 3, start: 105, count: 1 },
    ])
  })

  it('bridges gaps as wide as it is told', () => {
    expect(planBlocks(map({ address: 100 }, { address: 105 }), { maxGap: 4 })).toEqual([
      { function: 3, start: 100, count: 6 },
    ])
  })

  it('keeps functions apart', () => {
    const blocks = planBlocks(map({ address: 1, function: 4 }, { address: 0, function: 3 }))
    expect(blocks.map((block) => block.function)).toEqual([3, 4])
  })

  it('covers every entry whole, in requests the protocol allows', () => {
    const entries = fc.array(
      fc.record({
        address: fc.nat(600),
        type: fc.constantFrom('int16', 'float32', 'uint32'),
        function: fc.constantFrom(3, 4),
      }),
      { minLength: 1, maxLength: 200 },
    )
    return fc.assert(
      fc.property(entries, fc.nat(20), (given, maxGap) => {
        const parsed = map(...given)
        const blocks = planBlocks(parsed, { maxGap })
        for (const { address, type, function: fn } of parsed) {
          const end = address + (type === 'int16' ? 1 : 2)
          expect(blocks.some((b) => b.function === fn && b.start <= address && end <= b.start + b.count)).toBe(true)
        }
        for (const block of blocks) expect(block.count).toBeLessThanOrEqual(125)
      }),
    )
  })
})
