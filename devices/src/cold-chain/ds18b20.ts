import { z } from 'zod'
import { defineDriver, malformed, measured, type Reading } from '../driver.ts'
import { hexBytes } from './ble/mac.ts'
import { crc8Maxim } from './fixed/crc8.ts'
import { labelled } from './fixed/layout.ts'

/** Two lines of the kernel: the scratchpad just read with its CRC, then the last good scratchpad and its temperature. */
const TEXT = /^((?:[0-9a-f]{2} ){9}): crc=([0-9a-f]{2}) (YES|NO)\n((?:[0-9a-f]{2} ){9})t=(-?\d{1,7})\n?$/

/** 85 C is what the chip holds before its first conversion; -127 C is what libraries write for a chip that is gone. */
const SENTINELS = [85_000, -127_000]
/** Data sheet: the chip measures from -55 to 125 C. */
const LOWEST = -55_000
const HIGHEST = 125_000
/** TH, TL, configuration (12 bits), reserved: as the chip leaves the factory. */
const REST_OF_SCRATCHPAD = [0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10]
const POWER_ON = '50 05 4b 46 7f ff 0c 10 1c t=85000'

/**
 * DS18B20 as Linux shows it in `/sys/bus/w1/devices/28-*\/w1_slave`. The kernel's verdict, its CRC and both temperatures
 * are checked again. Source: Linux Documentation/w1/slaves/w1_therm.rst; DS18B20 data sheet.
 */
export default defineDriver({
  model: 'ds18b20',
  version: '1.0.0',
  summary: 'DS18B20 1-wire thermometer, the text of w1_slave: Linux Documentation/w1/slaves/w1_therm.rst.',
  // A text that says YES refuses every flipped bit; one that says NO has no value, and its ninth byte is unprotected.
  integrity: 'none',
  options: z.strictObject({}),
  decode(frame, { receivedAt }) {
    const text = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('latin1')
    const [, read = '', crc = '', verdict, kept = '', milli = ''] = TEXT.exec(text) ?? []
    if (verdict === undefined) throw malformed('not the two lines of w1_slave')
    const now = hexBytes(read.replaceAll(' ', ''))
    const sum = crc8Maxim(now.subarray(0, 8))
    if (sum !== Number.parseInt(crc, 16)) throw malformed('w1_slave: the CRC is not that of the bytes')
    if ((sum === now[8]) !== (verdict === 'YES')) throw malformed(`w1_slave: ${verdict} is not what the CRC says`)
    if (verdict === 'NO') return [failed('checksum', read.trim(), receivedAt)]
    if (read !== kept) throw malformed('w1_slave: the two lines differ')
    return [temperature(now, Number(milli), receivedAt)]
  },
  encode(observations) {
    const reading = observations.find((o): o is Reading => o.kind === 'temperature')
    if (reading?.reason === 'checksum') return lines(`${reading.raw} `, 'NO', POWER_ON)
    const raw = Math.round(milliOf(reading) / 62.5)
    const pad = Uint8Array.of(
      raw & 0xff,
      (raw >> 8) & 0xff,
      ...(reading?.reason === 'disconnected' ? Array(6).fill(0) : REST_OF_SCRATCHPAD),
    )
    const text = hexText(Uint8Array.of(...pad, crc8Maxim(pad)))
    return lines(text, 'YES', `${text}t=${Math.trunc(raw * 62.5)}`)
  },
})

/** The kernel divides by 16 and cuts: -0.0625 C becomes -62. */
function temperature(scratchpad: Uint8Array, milli: number, at: number): Reading {
  const raw = (((scratchpad[1] ?? 0) << 24) >> 16) | (scratchpad[0] ?? 0)
  if (Math.trunc(raw * 62.5) + 0 !== milli) throw malformed('w1_slave: t= is not the temperature of the bytes')
  // A data line shorted to ground reads zeros throughout, and zeros have the CRC zero: not 0 C.
  if (scratchpad.every((byte) => byte === 0)) return failed('disconnected', milli, at)
  if (!SENTINELS.includes(milli) && (milli < LOWEST || milli > HIGHEST)) return failed('out-of-range', milli, at)
  return measured({ ...labelled('temperature', at), raw: milli, sentinels: SENTINELS }, (n) => n / 1000)
}

function failed(reason: 'checksum' | 'disconnected' | 'out-of-range', raw: number | string, at: number): Reading {
  return { ...labelled('temperature', at), exception: 'ERROR_CONDITION', reason, raw }
}

function milliOf(reading: Reading | undefined): number {
  if (typeof reading?.value === 'number') return reading.value * 1000
  return typeof reading?.raw === 'number' ? reading.raw : 85_000
}

function lines(read: string, verdict: 'YES' | 'NO', second: string): Uint8Array {
  const crc = crc8Maxim(hexBytes(read.replaceAll(' ', '')).subarray(0, 8))
  return new TextEncoder().encode(`${read}: crc=${hexText(Uint8Array.of(crc)).trim()} ${verdict}\n${second}\n`)
}

function hexText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `${byte.toString(16).padStart(2, '0')} `).join('')
}
