import { malformed } from '../../driver.ts'
import { manufacturerData } from '../ble/advertisement.ts'

/** Ruuvi Innovations; on air least significant byte first, `99 04`. */
export const RUUVI_COMPANY = 0x0499

/**
 * The Ruuvi payload in a frame: the bare payload, the manufacturer data (`9904` first) or a whole advertisement. The
 * three cannot be confused: a bare payload starts with its format and has exactly that format's length, in which no
 * advertisement that carries it fits; no format is 0x99.
 */
export function ruuviPayload(frame: Uint8Array, lengths: Readonly<Record<number, number>>): Uint8Array {
  const payload = find(frame, lengths)
  const format = payload?.[0]
  if (payload === undefined || format === undefined) throw malformed('no Ruuvi manufacturer data in the advertisement')
  const wanted = lengths[format]
  if (wanted === undefined) throw malformed(`data format ${format.toString(16)} is not one of this driver`)
  if (payload.length !== wanted) throw malformed(`want ${wanted} bytes, got ${payload.length}`)
  return payload
}

function find(frame: Uint8Array, lengths: Readonly<Record<number, number>>): Uint8Array | undefined {
  const first = frame[0]
  if (first === undefined) throw malformed('empty frame')
  if (lengths[first] === frame.length) return frame
  if (first === (RUUVI_COMPANY & 0xff)) return frame[1] === RUUVI_COMPANY >> 8 ? frame.subarray(2) : undefined
  return manufacturerData(frame, RUUVI_COMPANY)
}
