import { malformed } from '../../driver.ts'
import { crcHolds, withCrc } from './crc16.ts'

/** The answer to one read request, whatever way it came. */
export interface ModbusBlock {
  unit: number
  function: number
  /** First address of the block; absent where the frame does not say and the map has to. */
  start?: number
  /** How many registers or bits were asked for; absent where the frame says only bytes. */
  count?: number
  data: Uint8Array
  /** The device's exception code instead of data: 2 is an illegal address, 4 a device failure. */
  exception?: number
}

const MARK = [0x4d, 0x42, 0x01]
const MARK_LENGTH = 3
const HEADER = 9
const EXCEPTION = 0x80
const MBAP = 7

/**
 * What the `modbus` link hands over: 4D 42 01 ("MB", version 1), unit(1), function(1; + 0x80: exception), start(2, BE),
 * count(2, BE), data as in the device's response (or the exception code), CRC-16/MODBUS(2, low byte first).
 */
export function encodeBlock(block: Required<Omit<ModbusBlock, 'exception'>> & { exception?: number }): Uint8Array {
  const { unit, start, count, data, exception } = block
  const fn = exception === undefined ? block.function : block.function | EXCEPTION
  const body = exception === undefined ? data : Uint8Array.of(exception)
  return withCrc(Uint8Array.of(...MARK, unit, fn, start >> 8, start & 0xff, count >> 8, count & 0xff, ...body))
}

/** A response on a serial line: unit, function, byte count, data, CRC. */
export function encodeRtuResponse({ unit, function: fn, data }: ModbusBlock): Uint8Array {
  return withCrc(Uint8Array.of(unit, fn, data.length, ...data))
}

/** A response over TCP: transaction(2), protocol 0(2), length(2), unit, function, byte count, data. */
export function encodeTcpResponse({ unit, function: fn, data }: ModbusBlock, transaction = 0): Uint8Array {
  const length = data.length + 3
  const header = [transaction >> 8, transaction & 0xff, 0, 0, length >> 8, length & 0xff]
  return Uint8Array.of(...header, unit, fn, data.length, ...data)
}

/**
 * Reads a block of the link, a plain RTU response or a Modbus TCP response. The forms exclude one another: the second
 * byte of an RTU response is a function or an exception of one, never 0x42; its third is a byte count or an exception
 * code, never 0, which it always is in Modbus TCP and never in a block.
 */
export function parseModbus(frame: Uint8Array): ModbusBlock {
  if (MARK.every((byte, i) => frame[i] === byte)) return parseBlock(frame)
  if (frame[2] === 0 && frame[3] === 0) return parseTcp(frame)
  return parseRtu(frame)
}

function parseBlock(frame: Uint8Array): ModbusBlock {
  if (frame.length < HEADER + 3) throw malformed(`Modbus block: only ${frame.length} bytes`)
  if (!crcHolds(frame)) throw malformed('Modbus block: CRC')
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const fn = view.getUint8(MARK_LENGTH + 1)
  const data = frame.subarray(HEADER, frame.length - 2)
  const place = { unit: view.getUint8(MARK_LENGTH), start: view.getUint16(5), count: view.getUint16(7) }
  if (fn & EXCEPTION) return { ...place, function: known(fn ^ EXCEPTION), data: data.subarray(0, 0), ...coded(data) }
  const block = { ...place, function: known(fn), data }
  const wanted = fn <= 2 ? Math.ceil(block.count / 8) : block.count * 2
  if (data.length !== wanted) throw malformed(`Modbus block: want ${wanted} data bytes, got ${data.length}`)
  return block
}

function parseRtu(frame: Uint8Array): ModbusBlock {
  if (frame.length < 5) throw malformed(`Modbus RTU: only ${frame.length} bytes`)
  if (!crcHolds(frame)) throw malformed('Modbus RTU: CRC')
  return parsePdu(frame[0] ?? 0, frame.subarray(1, -2))
}

function parseTcp(frame: Uint8Array): ModbusBlock {
  const length = (frame[4] ?? 0) * 256 + (frame[5] ?? 0)
  if (frame.length < MBAP + 2 || length !== frame.length - 6) throw malformed('Modbus TCP: length')
  return parsePdu(frame[6] ?? 0, frame.subarray(MBAP))
}

function parsePdu(unit: number, pdu: Uint8Array): ModbusBlock {
  const fn = pdu[0] ?? 0
  if (fn & EXCEPTION)
    return { unit, function: known(fn ^ EXCEPTION), data: pdu.subarray(0, 0), ...coded(pdu.subarray(1)) }
  const data = pdu.subarray(2)
  if (pdu[1] !== data.length || data.length === 0)
    throw malformed(`Modbus: ${pdu[1]} bytes stated, ${data.length} there`)
  if (fn > 2 && data.length % 2) throw malformed('Modbus: half a register')
  return { unit, function: known(fn), data }
}

function coded(bytes: Uint8Array): { exception: number } {
  const [exception] = bytes
  if (bytes.length !== 1 || exception === undefined) throw malformed('Modbus: an exception is one byte')
  return { exception }
}

function known(fn: number): number {
  if (fn < 1 || fn > 4) throw malformed(`Modbus: function ${fn} reads nothing`)
  return fn
}
