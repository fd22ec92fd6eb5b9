import { expect, it } from 'vitest'
import { decode, frameBytes } from './decode.ts'

const context = { receivedAt: Date.UTC(2026, 0, 15) }
const refusal = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

it('decodes text with byte escapes by the name of a driver', () => {
  const text = ']C100095212340000000013400SO-100417\\x1d4331000800'
  const [scan] = decode({ driver: 'gs1', frame: { text }, context })
  expect(scan).toMatchObject({ keys: { order: 'SO-100417', limits: { maxC: 8 } } })
})

it('reads hex with blanks, and text of several bytes per character', () => {
  expect(frameBytes({ hex: '5d 43\n31' })).toEqual(Uint8Array.of(0x5d, 0x43, 0x31))
  expect(frameBytes({ text: 'é\\xff{"a":"\\u001d"}' })).toEqual(
    Uint8Array.from([0xc3, 0xa9, 0xff, ...new TextEncoder().encode('{"a":"\\u001d"}')]),
  )
})

it('gives options from the command line the types the driver asks for', () => {
  const frame = { text: 'BADGE' }
  expect(refusal(() => decode({ driver: 'gs1', frame, options: { gs1Only: 'true' }, context }))).toBe('FRAME_MALFORMED')
  expect(decode({ driver: 'gs1', frame, options: { gs1Only: 'false' }, context })).toHaveLength(1)
  expect(refusal(() => decode({ driver: 'gs1', frame, options: { gs1Only: 'perhaps' }, context }))).toBe(
    'OPTIONS_INVALID',
  )
  expect(refusal(() => decode({ driver: 'gs1', frame, options: { colour: 'red' }, context }))).toBe('OPTIONS_INVALID')
})

it('takes options a driver does not know as context where they are that', () => {
  const frame = { text: ']C0x' }
  expect(decode({ driver: 'gs1', frame, options: { fPort: '2', mac: 'CBB8334C884F' }, context })).toHaveLength(1)
  expect(refusal(() => decode({ driver: 'gs1', frame, options: { fPort: 'two' }, context }))).toBe('OPTIONS_INVALID')
})

it('refuses an unknown driver and odd hex by their codes', () => {
  expect(refusal(() => decode({ driver: 'toString', frame: { hex: '' }, context }))).toBe('NOT_FOUND')
  expect(refusal(() => decode({ driver: 'gs1', frame: { hex: '5d4' }, context }))).toBe('INPUT_INVALID')
})
