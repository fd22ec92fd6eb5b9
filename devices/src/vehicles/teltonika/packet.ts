import { OpsError } from '@waytrace/standard'
import { malformed } from '../../driver.ts'
import { crc16ibm } from './crc16.ts'

/** Preamble (4 zero bytes) and data length (4). */
export const HEADER_BYTES = 8
/** CRC-16 in a field of four bytes. */
export const TRAILER_BYTES = 4

/**
 * The data field (codec to second count) of one whole TCP packet: preamble, length, data, CRC-16/IBM.
 * Throws `OpsError('FRAME_MALFORMED')` for anything else. Source: Teltonika Telematics Wiki,
 * "Teltonika Data Sending Protocols".
 */
export function unwrapPacket(frame: Uint8Array): Uint8Array {
  if (frame.length < HEADER_BYTES + 3 + TRAILER_BYTES) throw malformed(`${frame.length} bytes are no packet`)
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint32(0) !== 0) throw malformed('preamble is not zero')
  const length = view.getUint32(4)
  if (length !== frame.length - HEADER_BYTES - TRAILER_BYTES) {
    throw malformed(`length field says ${length}, packet has ${frame.length - HEADER_BYTES - TRAILER_BYTES}`)
  }
  const data = frame.subarray(HEADER_BYTES, HEADER_BYTES + length)
  const stated = view.getUint32(HEADER_BYTES + length)
  const computed = crc16ibm(data)
  if (stated !== computed) throw malformed(`CRC ${stated.toString(16)}, computed ${computed.toString(16)}`)
  return data
}

/** One TCP packet around a data field. */
export function wrapPacket(data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + data.length + TRAILER_BYTES)
  const view = new DataView(frame.buffer)
  view.setUint32(4, data.length)
  frame.set(data, HEADER_BYTES)
  view.setUint32(HEADER_BYTES + data.length, crc16ibm(data))
  return frame
}

/** Records in a whole AVL packet: the number its acknowledgement must carry. Throws `FRAME_MALFORMED`. */
export function recordCount(frame: Uint8Array): number {
  const data = unwrapPacket(frame)
  const count = data[1] as number
  if (count !== data[data.length - 1]) throw malformed('the two record counts differ')
  return count
}

/** The server's answer to an AVL packet: the record count in four bytes. Send it only after the spool is flushed. */
export function acknowledgement(count: number): Uint8Array {
  if (!Number.isInteger(count) || count < 0 || count > 0xff) {
    throw new OpsError('INPUT_INVALID', `record count ${count} is not 0-255`)
  }
  return Uint8Array.of(0, 0, 0, count)
}
