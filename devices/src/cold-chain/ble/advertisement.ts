import { malformed } from '../../driver.ts'

/** One AD structure of a Bluetooth advertisement: length(1), type(1), data. */
export interface AdStructure {
  type: number
  data: Uint8Array
}

const FLAGS = 0x01
const SERVICE_DATA_16 = 0x16
const MANUFACTURER = 0xff
/** LE general discoverable, BR/EDR not supported: what beacons send. */
const BEACON_FLAGS = 0x06

/**
 * The AD structures of an advertisement, Bluetooth Core 5.4, Vol 3, Part C, 11. A zero length ends it early. Throws
 * `FRAME_MALFORMED` when a structure is longer than what is left.
 */
export function walkAdvertisement(advertisement: Uint8Array): AdStructure[] {
  const structures: AdStructure[] = []
  for (let at = 0; at < advertisement.length; ) {
    const length = advertisement[at] ?? 0
    if (length === 0) break
    const end = at + 1 + length
    if (end > advertisement.length) throw malformed(`advertisement: structure at ${at} is longer than what is left`)
    structures.push({ type: advertisement[at + 1] ?? 0, data: advertisement.subarray(at + 2, end) })
    at = end
  }
  return structures
}

/** What the maker `company` put into the advertisement, its two identifier bytes taken off. */
export function manufacturerData(advertisement: Uint8Array, company: number): Uint8Array | undefined {
  return tagged(advertisement, MANUFACTURER, company)
}

/** Service data of a 16-bit service, the service's two bytes taken off. */
export function serviceData(advertisement: Uint8Array, service: number): Uint8Array | undefined {
  return tagged(advertisement, SERVICE_DATA_16, service)
}

/** A connectable beacon's advertisement with one manufacturer structure, for virtual devices. */
export function manufacturerAdvertisement(company: number, payload: Uint8Array): Uint8Array {
  return advertisementOf(MANUFACTURER, company, payload)
}

/** A beacon's advertisement with one service data structure, for virtual devices. */
export function serviceAdvertisement(service: number, payload: Uint8Array): Uint8Array {
  return advertisementOf(SERVICE_DATA_16, service, payload)
}

function advertisementOf(type: number, id: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.of(2, FLAGS, BEACON_FLAGS, payload.length + 3, type, id & 0xff, id >> 8, ...payload)
}

function tagged(advertisement: Uint8Array, type: number, id: number): Uint8Array | undefined {
  return walkAdvertisement(advertisement)
    .find((s) => s.type === type && s.data[0] === (id & 0xff) && s.data[1] === id >> 8)
    ?.data.subarray(2)
}
