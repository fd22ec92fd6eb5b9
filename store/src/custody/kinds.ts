import type { CustodyInterval } from '../ports.ts'

export type GroupKind = CustodyInterval['kind']

const VEHICLE = /\/800[34]\/|^urn:epc:id:(grai|giai):/
const PLACE = /\/414\/|^urn:epc:id:sgln:/
const SSCC = /\/00\/\d|^urn:epc:id:sscc:/

/** A returnable asset or machine that drives: GRAI (AI 8003) or GIAI (AI 8004). */
export function isVehicle(uri: string): boolean {
  return VEHICLE.test(uri)
}

/** A place with a GLN (AI 414), with or without extension (AI 254). */
export function isPlace(uri: string): boolean {
  return PLACE.test(uri)
}

export function isSscc(uri: string): boolean {
  return SSCC.test(uri)
}

/** What a place is: GLN extensions that speak of a dock, door or gate are docks; every other place is a room. */
export function placeKind(uri: string): GroupKind {
  if (isVehicle(uri)) return 'vehicle'
  return /(\/254\/|\.)[^/]*(dock|gate|door)[^/]*$/i.test(uri) ? 'dock' : 'room'
}
