/** The integer in 1 to 8 big-endian bytes; beyond 2^53 it is rounded. */
export function rawInteger(bytes: Uint8Array, signed: boolean): number {
  let value = 0
  for (const byte of bytes) value = value * 256 + byte
  const negative = signed && ((bytes[0] ?? 0) & 0x80) !== 0
  return negative ? value - 2 ** (8 * bytes.length) : value
}

/** Big-endian bytes of an integer in at least `width` bytes that `rawInteger` reads back; undefined if none do. */
export function integerBytes(value: number, width: number, signed: boolean): Uint8Array | undefined {
  if (!Number.isSafeInteger(value) || (value < 0 && !signed)) return undefined
  const bits = signed ? 1 : 0
  const wide = [1, 2, 4, 8].find(
    (w) => w >= width && value >= -(2 ** (8 * w - 1)) && value < 2 ** (8 * w - bits),
  ) as number
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value))
  return bytes.slice(8 - wide)
}

/** `0x` and upper-case hex: how bytes appear in a reading that has no better form. */
export function hexText(bytes: Uint8Array): string {
  let text = '0x'
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0').toUpperCase()
  return text
}

/** The bytes of `hexText`; undefined for any other text. */
export function hexBytes(text: string): Uint8Array | undefined {
  if (!/^0x([0-9A-F]{2})*$/.test(text)) return undefined
  return Uint8Array.from({ length: (text.length - 2) / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i + 2, 2 * i + 4), 16),
  )
}
