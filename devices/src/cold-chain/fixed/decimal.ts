/**
 * `raw * scale + offset` as the decimal number a person would write: 203 * 0.1 is 20.3, not 20.300000000000004.
 * Twelve significant digits hold every 32-bit raw value at every scale in use.
 */
export function scaled(raw: number, scale: number, offset = 0): number {
  // Adding 0 turns -0 into 0.
  return Number((raw * scale + offset).toPrecision(12)) + 0
}

/** The raw integer nearest to `value`: the inverse of `scaled` for values a device can represent. */
export function unscaled(value: number, scale: number, offset = 0): number {
  return Math.round((value - offset) / scale)
}

/** The shortest decimal that rounds to this float32: 4.1, where the double of the same bits is 4.099999904632568. */
export function float32Decimal(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}
