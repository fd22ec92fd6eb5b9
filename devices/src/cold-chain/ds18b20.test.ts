import { OpsError } from '@waytrace/standard'
import { expect, it } from 'vitest'
import driver from './ds18b20.ts'
import { crc8Maxim } from './fixed/crc8.ts'

it('knows the CRC of the power-on scratchpad', () => {
  expect(crc8Maxim(Buffer.from('50054b467fff0c10', 'hex'))).toBe(0x1c)
})

it('refuses every flipped bit of a text that says YES', () => {
  const text = '72 01 4b 46 7f ff 0e 10 57 : crc=57 YES\n72 01 4b 46 7f ff 0e 10 57 t=23125\n'
  const frame = new TextEncoder().encode(text)
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const flipped = frame.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
    expect(() => driver.decode(flipped, { receivedAt: 0 }, {}), `bit ${bit}`).toThrowError(OpsError)
  }
})
