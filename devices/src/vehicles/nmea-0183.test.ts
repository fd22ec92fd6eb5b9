import { expect, it } from 'vitest'
import { parseOptions } from '../driver.ts'
import driver from './nmea-0183.ts'

const receivedAt = Date.UTC(2026, 0, 15, 8)
const BODY = 'GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W'

function decode(text: string, options: object) {
  return driver.decode(new TextEncoder().encode(text), { receivedAt }, parseOptions(driver, options))
}

it('takes a sentence without checksum only when told so', () => {
  expect(() => decode(`$${BODY}`, {})).toThrow('not $')
  expect(decode(`$${BODY}`, { checksum: 'optional' })).toHaveLength(1)
})

it('takes a checksum in lower case only when told so', () => {
  expect(() => decode(`$${BODY}*6a`, {})).toThrow('not $')
  expect(decode(`$${BODY}*6a`, { checksum: 'optional' })).toHaveLength(1)
})

it('refuses a wrong checksum whatever it was told', () => {
  expect(() => decode(`$${BODY}*6B`, { checksum: 'optional' })).toThrow('checksum')
  expect(() => decode(`$${BODY}*6`, { checksum: 'optional' })).toThrow('not $')
})

it('speaks as the talker it was given', () => {
  const position = { kind: 'position', at: receivedAt, latitude: 54.5, longitude: -1.25 } as const
  const line = driver.encode?.([position], parseOptions(driver, { talker: 'GN' }))
  expect(new TextDecoder().decode(line)).toBe(
    '$GNRMC,080000.000,A,5430.000000,N,00115.000000,W,,,150126,,,A*74\r\n'.replace('*74', `*${xor(line)}`),
  )
})

function xor(line: Uint8Array | undefined): string {
  const text = new TextDecoder().decode(line)
  const body = text.slice(1, text.indexOf('*'))
  const sum = [...body].reduce((x, char) => x ^ char.charCodeAt(0), 0)
  return sum.toString(16).toUpperCase().padStart(2, '0')
}
