import { expect, it } from 'vitest'
import { describeJ1939 } from './spn-names.ts'

it('puts a code in words where it has them, and leaves it as it is where not', () => {
  expect(describeJ1939('spn/110/fmi/0')).toBe('coolant temperature: above range, most severe')
  expect(describeJ1939('spn/520192/fmi/31')).toBe('SPN 520192: FMI 31')
  expect(describeJ1939('raw/5B0003')).toBe('raw/5B0003')
})
