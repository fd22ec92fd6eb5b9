/** CRC-16/MODBUS (reflected 0x8005, start 0xFFFF) of these bytes; on the wire its low byte comes first. */
export function crc16Modbus(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}

/** The bytes with their CRC behind them. */
export function withCrc(bytes: Uint8Array): Uint8Array {
  const crc = crc16Modbus(bytes)
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8)
}

/** Whether the last two bytes are the CRC of those before. */
export function crcHolds(frame: Uint8Array): boolean {
  const end = frame.length - 2
  return end > 0 && crc16Modbus(frame.subarray(0, end)) === (frame[end] ?? 0) + (frame[end + 1] ?? 0) * 256
}
