import { malformed } from '../../driver.ts'
import { serviceData } from '../ble/advertisement.ts'

/** The service of BTHome, 0xFCD2; on air `D2 FC`. */
export const BTHOME_SERVICE = 0xfcd2

export const ENCRYPTED = 0x01
const MAC_INCLUDED = 0x02
const VERSION_2 = 2

/** BTHome service data, taken apart as far as its first byte tells. */
export interface BthomeFrame {
  info: number
  encrypted: boolean
  /** The sender's address, where the frame carries it. */
  mac?: Uint8Array
  body: Uint8Array
}

/**
 * Reads bare service data (`40...`), the same after its UUID (`D2FC40...`), or a whole advertisement. They cannot be
 * confused: only the bare form starts with version 2 in its top three bits, and an advertisement whose first structure
 * is 64 bytes or longer would have to begin with that structure's length.
 */
export function bthomeFrame(frame: Uint8Array): BthomeFrame {
  const data = find(frame)
  const info = data?.[0]
  if (data === undefined || info === undefined) throw malformed('no BTHome service data')
  if (info >> 5 !== VERSION_2) throw malformed(`BTHome version ${info >> 5}, want 2`)
  const encrypted = (info & ENCRYPTED) !== 0
  if (!(info & MAC_INCLUDED)) return { info, encrypted, body: data.subarray(1) }
  if (data.length < 7) throw malformed('BTHome: the MAC is cut')
  return { info, encrypted, mac: data.slice(1, 7).reverse(), body: data.subarray(7) }
}

function find(frame: Uint8Array): Uint8Array | undefined {
  const [first = 0, second] = frame
  if (first >> 5 === VERSION_2) return frame
  if (first === (BTHOME_SERVICE & 0xff) && second === BTHOME_SERVICE >> 8) return frame.subarray(2)
  return serviceData(frame, BTHOME_SERVICE)
}
