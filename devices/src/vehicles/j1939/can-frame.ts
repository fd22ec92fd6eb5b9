import { OpsError } from '@waytrace/standard'
import { malformed } from '../../driver.ts'

/** One CAN 2.0 data frame. */
export interface CanFrame {
  /** 29 bits when `extended`, else 11. */
  id: number
  extended: boolean
  data: Uint8Array
}

const LINE = /^(?:T([0-9A-Fa-f]{8})|t([0-9A-Fa-f]{3}))([0-8])([0-9A-Fa-f]*)$/

/**
 * One SLCAN line without its CR: `T` + 8 hex digits of id + length + data (`t` + 3 digits for standard frames), then
 * four digits of time stamp if the adapter adds them. Throws `OpsError('FRAME_MALFORMED')`.
 */
export function parseSlcan(line: string): CanFrame {
  const match = LINE.exec(line)
  const [, long, short, length, hex] = match ?? []
  if (length === undefined || hex === undefined) throw malformed('no SLCAN data frame')
  const digits = 2 * Number(length)
  if (hex.length !== digits && hex.length !== digits + 4) throw malformed(`length ${length}, ${hex.length} hex digits`)
  const id = Number.parseInt((long ?? short) as string, 16)
  if (id > (long === undefined ? 0x7ff : 0x1fff_ffff)) throw malformed('identifier too large')
  const data = Uint8Array.from({ length: Number(length) }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
  return { id, extended: long !== undefined, data }
}

/** The SLCAN line of a frame, CR not included. */
export function formatSlcan({ id, extended, data }: CanFrame): string {
  if (data.length > 8) throw new OpsError('INPUT_INVALID', `a CAN frame holds 8 bytes, not ${data.length}`)
  let text = extended ? `T${hex(id, 8)}` : `t${hex(id, 3)}`
  text += data.length
  for (const byte of data) text += hex(byte, 2)
  return text
}

/** What the 29-bit identifier says: SAE J1939-21. Below PDU format 240 the third byte is the destination. */
export function j1939Id(id: number): { pgn: number; source: number; destination: number; priority: number } {
  const format = (id >>> 16) & 0xff
  const addressed = format < 240
  return {
    priority: (id >>> 26) & 7,
    pgn: (id >>> 8) & (addressed ? 0x3ff00 : 0x3ffff),
    destination: addressed ? (id >>> 8) & 0xff : 0xff,
    source: id & 0xff,
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}
