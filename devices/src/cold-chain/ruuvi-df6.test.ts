import { expect, it } from 'vitest'
import { DF6 } from './ruuvi/df6-layouts.ts'

const lux = DF6.fields.find((field) => field.kind === 'illuminance')

it.each([
  [0x00, 0],
  [0x01, 0.04],
  [0x10, 1.01],
  // The page prints 244.06 beside 0x80; its own formula, which gives every other row, has it at 0x7e.
  [0x7e, 244.06],
  [0xd9, 13_026.67],
  [0xfe, 65_535],
])('reads luminosity code %i as %f lux, by the formula of the format page', (code, value) => {
  expect(lux?.scale(code)).toBe(value)
})

it('finds every luminosity code again by its lux', () => {
  for (let code = 0; code <= 254; code++) expect(lux?.unscale(lux.scale(code))).toBe(code)
})
