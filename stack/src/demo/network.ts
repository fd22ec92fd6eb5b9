import { checkDigit, gs1Uri } from '@waytrace/standard'

/** GS1's example company prefix: nothing of the demo can be mistaken for a real company's goods. */
const PREFIX = '9521234'

const withCheck = (digits: string) => `${digits}${checkDigit(digits)}`
const gln = (location: number) => withCheck(`${PREFIX}${String(location).padStart(5, '0')}`)

/** The party that numbers the demo's orders. */
export const ORDER_GLN = gln(0)

export interface DemoSite {
  site: string
  gln: string
  latitude: number
  longitude: number
  /** Set point of its cold room in deg C. */
  roomC: number
  /** Whether orders are picked here. */
  warehouse: boolean
}

export const SITES: readonly DemoSite[] = [
  { site: 'north', gln: gln(1), latitude: 53.55, longitude: 9.99, roomC: 4.5, warehouse: true },
  { site: 'south', gln: gln(2), latitude: 48.14, longitude: 11.58, roomC: 5, warehouse: true },
  { site: 'cross-dock', gln: gln(3), latitude: 50.94, longitude: 9.4, roomC: 5.5, warehouse: false },
]

export const siteOf = (name: string): DemoSite => {
  const found = SITES.find(({ site }) => site === name)
  if (found === undefined) throw new Error(`the demo has no site ${name}`)
  return found
}

/** A place inside a site, as a GLN with extension (AI 414 + 254). */
export const placeUri = (site: DemoSite, extension: string) => gs1Uri('414', site.gln, ['254', extension])
export const coldRoom = (site: DemoSite) => placeUri(site, 'COLD01')

/** Where people scan, and what is done there; the first four only where orders are picked. */
export const STATIONS = ['pick', 'pack', 'stage', 'dock-out', 'dock-in', 'accept', 'shelf'] as const
export type StationName = (typeof STATIONS)[number]
export const stationsOf = ({ warehouse }: DemoSite) => (warehouse ? STATIONS : STATIONS.slice(4))

export const deviceUrn = (serial: string) => `urn:epc:id:giai:${PREFIX}.${serial}`
export const agentUrn = (site: string) => deviceUrn(`AGT-${site.toUpperCase()}`)
export const scannerUrn = (site: string, station: StationName) =>
  deviceUrn(`SCN-${site.toUpperCase()}-${station.toUpperCase()}`)

export interface DemoTruck {
  truck: string
  /** The trailer's asset number, which dock scanners read as AI 8004. */
  giai: string
  imei: string
  home: string
  to: string
  driveMinutes: number
}

const ROUTES = [
  { home: 'north', to: 'cross-dock', driveMinutes: 55 },
  { home: 'south', to: 'cross-dock', driveMinutes: 65 },
  { home: 'north', to: 'cross-dock', driveMinutes: 60 },
  { home: 'south', to: 'north', driveMinutes: 110 },
] as const

/** Twelve trailers with their telematics units; the IMEIs are of the reserved test range 00. */
export const TRUCKS: readonly DemoTruck[] = Array.from({ length: 12 }, (_, i) => {
  const route = ROUTES[i % ROUTES.length] ?? ROUTES[0]
  return { truck: `trl-${101 + i}`, giai: `${PREFIX}TRL-${101 + i}`, imei: withLuhn(`0010000000${1000 + i}`), ...route }
})

export const truckUri = ({ giai }: DemoTruck) => gs1Uri('8004', giai)

/** The trailer whose reefer fails while the demo looks on. */
export const FAILING = 'trl-104'

/** Six people, known by their service relation numbers only. */
export const OPERATORS: readonly string[] = Array.from({ length: 6 }, (_, i) =>
  withCheck(`${PREFIX}${String(i + 1).padStart(10, '0')}`),
)

/** Products with the temperature range printed on their logistic labels (AI 4333 / 4331). */
export const PRODUCTS = [
  { gtin: withCheck(`0${PREFIX}00001`), minC: 2, maxC: 8 },
  { gtin: withCheck(`0${PREFIX}00002`), minC: 2, maxC: 8 },
  { gtin: withCheck(`0${PREFIX}00003`), minC: 0, maxC: 7 },
] as const

/** The n-th shipping container code of a demo that started at `start` (UTC ms): another demo takes other codes. */
export const ssccOf = (start: number, n: number) =>
  withCheck(
    `0${PREFIX}${String(Math.floor(start / 60_000) % 100_000).padStart(5, '0')}${String(n % 10_000).padStart(4, '0')}`,
  )

/** IMEI check digit (Luhn, 3GPP TS 23.003 annex B). */
function withLuhn(digits: string): string {
  let sum = 0
  for (const [i, digit] of [...digits].reverse().entries()) {
    const doubled = Number(digit) * (i % 2 === 0 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return `${digits}${(10 - (sum % 10)) % 10}`
}
