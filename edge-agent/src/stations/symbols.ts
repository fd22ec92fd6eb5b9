import type { Scan } from '@waytrace/devices'
import { gs1Uri, orderUri } from '@waytrace/standard'
import type { LabelFacts, Quantity, StationEnv, StationState } from './state.ts'

export type Command = 'open' | 'close' | 'undo' | 'unload' | 'signOut' | 'bind' | 'depart' | 'arrive'

/** What a symbol means at a station. */
export type Meaning =
  | { means: 'command'; command: Command }
  | { means: 'exception'; reason: string }
  | { means: 'operator'; id: string }
  | { means: 'location'; id: string }
  | { means: 'order'; order: string }
  | { means: 'unknown'; code: string }
  | ({ means: 'item' } & Item)

/** Things named by one symbol. */
export interface Item {
  epcs: string[]
  quantities: Quantity[]
  orders: string[]
  facts: LabelFacts
}

const COMMANDS: Command[] = ['open', 'close', 'undo', 'unload', 'signOut', 'bind', 'depart', 'arrive']
/** A GTIN or ITIP without serial number names a class of things, which EPCIS keeps apart from things. */
const CLASS = /^https:\/\/id\.gs1\.org\/(01|8006)\/(?!.*\/21\/)/
const LOCATION = /^https:\/\/id\.gs1\.org\/414\//
const LONE_SURROGATE = /\p{Surrogate}/gu
const PERSON = /^https:\/\/id\.gs1\.org\/8017\//

/** Reads one symbol by the station's sheet of codes, its order tables and the GS1 keys. */
export function readSymbol(scan: Scan, { config, gln }: StationEnv, state: StationState): Meaning {
  const { keys } = scan
  const { plain } = keys
  if (plain !== undefined) return readPlain(plain)
  const person = keys.operator ?? keys.epcs.find((epc) => PERSON.test(epc))
  if (person !== undefined) return { means: 'operator', id: person.includes(':') ? person : gs1Uri('8017', person) }
  const named = keys.epcs.filter((epc) => !LOCATION.test(epc))
  const orders = keys.order === undefined ? [] : [orderUri(gln, keys.order)]
  if (named.length > 0) return { means: 'item', ...sorted(named, keys.count), orders, facts: factsOf(scan) }
  const [order] = orders
  if (order !== undefined) return { means: 'order', order }
  const location = keys.epcs.find((epc) => LOCATION.test(epc)) ?? keys.location
  if (location !== undefined)
    return { means: 'location', id: location.includes(':') ? location : gs1Uri('414', location) }
  return { means: 'unknown', code: scan.raw }

  function readPlain(code: string): Meaning {
    for (const command of COMMANDS) if (code === config.commands[command]) return { means: 'command', command }
    const { exceptionPrefix } = config.commands
    if (code.startsWith(exceptionPrefix) && code.length > exceptionPrefix.length)
      return { means: 'exception', reason: code.slice(exceptionPrefix.length) }
    const badge = own(config.operator.badges, code)
    if (badge !== undefined) return { means: 'operator', id: badge }
    const number = own(config.orders, code)
    const order = number === undefined ? own(state.bindings, code) : orderUri(gln, number)
    if (order === undefined) return { means: 'unknown', code }
    return { means: 'item', epcs: [codeUri(code)], quantities: [], orders: [order], facts: {} }
  }
}

/** A label without GS1 keys, as a URI of ours. */
export function codeUri(code: string): string {
  // encodeURIComponent throws on lone surrogates.
  return `urn:waytrace:code:${encodeURIComponent(code.replaceAll(LONE_SURROGATE, '\ufffd'))}`
}

/** SSCC, or GRAI of a returnable box: what items are packed into. */
export function isPackage(epc: string): boolean {
  return /^https:\/\/id\.gs1\.org\/(00|8003)\//.test(epc)
}

/** GIAI or GRAI: what packages are loaded onto. */
export function isVehicle(epc: string): boolean {
  return /^https:\/\/id\.gs1\.org\/(8003|8004)\//.test(epc)
}

function sorted(named: readonly string[], count: number | undefined): Pick<Item, 'epcs' | 'quantities'> {
  const epcs: string[] = []
  const quantities: Quantity[] = []
  for (const epc of new Set(named))
    if (!CLASS.test(epc)) epcs.push(epc)
    else quantities.push(count === undefined ? { epcClass: epc, quantity: 1 } : { epcClass: epc, quantity: count })
  // AI 02 + 37 beside an SSCC states the content of the package, not a thing that was scanned.
  if (epcs.some((epc) => epc.startsWith('https://id.gs1.org/00/'))) return { epcs, quantities: [] }
  return { epcs, quantities }
}

function factsOf({ keys }: Scan): LabelFacts {
  const facts: LabelFacts = {}
  if (keys.limits !== undefined) facts.limits = keys.limits
  if (keys.window !== undefined) facts.window = keys.window
  return facts
}

function own(table: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
