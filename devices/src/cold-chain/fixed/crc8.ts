/** CRC-8/MAXIM-DOW (reflected 0x31, start 0) of 1-wire devices: DS18B20 data sheet, "CRC generation". */
export function crc8Maxim(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1
  }
  return crc
}
