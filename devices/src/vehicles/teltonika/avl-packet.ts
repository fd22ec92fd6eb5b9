import { OpsError } from '@waytrace/standard'
import { AVL_FAULT_CODES, AVL_VIN } from './avl-table.ts'
import { AVL_TABLES, type TeltonikaModel } from './models.ts'
import { integerBytes } from './raw-value.ts'
import { type AvlElement, CODEC_8, CODEC_8E, CODEC_16, type CodecLayout, encodeRecords } from './records.ts'

/** One record of a virtual device: position in degrees; `io` holds raw integers, or bytes for texts such as a VIN. */
export interface AvlInput {
  /** UTC ms. */
  at: number
  /** 0 low, 1 high, 2 panic. */
  priority?: number
  longitude?: number
  latitude?: number
  /** Metres above sea level. */
  altitude?: number
  /** Degrees from north. */
  angle?: number
  /** 0 means no fix. */
  satellites?: number
  /** km/h. */
  speed?: number
  eventId?: number
  generation?: number
  io?: Readonly<Record<number, number | Uint8Array>>
}

export interface AvlPacketOptions {
  /** Default `8E`, which carries every id and texts. */
  codec?: '8' | '8E' | '16'
  /** Decides how wide each id's value is. Default `fmb120`. */
  model?: TeltonikaModel
}

const LAYOUTS: Record<'8' | '8E' | '16', CodecLayout> = { '8': CODEC_8, '8E': CODEC_8E, '16': CODEC_16 }

/** The TCP packet a device would send for these records. Throws `OpsError('INPUT_INVALID')` for what does not fit. */
export function encodeTeltonikaPacket(
  records: readonly AvlInput[],
  { codec = '8E', model = 'fmb120' }: AvlPacketOptions = {},
): Uint8Array {
  const full = records.map((record) => ({
    at: record.at,
    priority: record.priority ?? 0,
    longitude: Math.round((record.longitude ?? 0) * 1e7),
    latitude: Math.round((record.latitude ?? 0) * 1e7),
    altitude: Math.round(record.altitude ?? 0),
    angle: Math.round(record.angle ?? 0),
    satellites: record.satellites ?? 0,
    speed: Math.round(record.speed ?? 0),
    eventId: record.eventId ?? 0,
    ...(record.generation === undefined ? {} : { generation: record.generation }),
    elements: Object.entries(record.io ?? {}).map(([id, value]) => ioElement(Number(id), value, model)),
  }))
  return encodeRecords(full, LAYOUTS[codec])
}

function ioElement(id: number, value: number | Uint8Array, model: TeltonikaModel): AvlElement {
  if (typeof value !== 'number') {
    const text = id === AVL_FAULT_CODES || AVL_VIN.includes(id)
    return { id, bytes: value, variable: text || ![1, 2, 4, 8].includes(value.length) }
  }
  const entry = AVL_TABLES[model].get(id)
  const bytes = integerBytes(value, entry?.width ?? 1, entry?.signed === true || value < 0)
  if (bytes === undefined) throw new OpsError('INPUT_INVALID', `AVL id ${id}: ${value} is no integer of up to 8 bytes`)
  return { id, bytes, variable: false }
}
