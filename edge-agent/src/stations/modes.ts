import { type Circumstances, exception, moved, orderSeen, seen } from './drafts.ts'
import { type OpenParent, type StationEnv, type StationResult, type StationState, without } from './state.ts'
import { type Item, isPackage, isVehicle } from './symbols.ts'

/** A scan that reached the mode: circumstances, and orders that hold although no label said so. */
export interface Handling extends Circumstances {
  at: number
  scan: NonNullable<Circumstances['scan']>
}

type Mode = StationEnv['config']['mode']

const STEP: Record<Mode, string> = {
  observe: 'staging_outbound',
  packing: 'packing',
  loading: 'loading',
  unloading: 'unloading',
  counting: 'cycle_counting',
}

/** The business step of the station, as configured or by its mode. */
export function stepOf({ config }: StationEnv): string {
  return config.bizStep ?? STEP[config.mode]
}

/** An item was scanned, with a signed-in operator where the station wants one. */
export function item(env: StationEnv, state: StationState, what: Item, when: Handling): StationResult {
  const orders = what.orders.length > 0 || state.order === undefined ? what.orders : [state.order.uri]
  const things = { ...what, orders }
  const next: StationState = { ...state, lastItem: { epcs: what.epcs, orders, at: when.at, scan: when.scan } }
  if (state.armed !== undefined) {
    const { reason } = state.armed
    return { state: without(next, 'armed'), drafts: [exception(env, reason, things, when)] }
  }
  switch (env.config.mode) {
    case 'observe':
      return observe(env, next, things, when)
    case 'counting':
      return count(next, things, when)
    case 'packing':
      return pack(env, next, things, when)
    case 'loading':
    case 'unloading':
      return carry(env, next, things, when)
  }
}

/** The open package, vehicle or count is closed: a package becomes its aggregation event, a count its list. */
export function close(env: StationEnv, state: StationState, when: Circumstances): StationResult {
  const { parent, count } = state
  if (count !== undefined) {
    const what = { epcs: count.epcs, quantities: count.quantities, orders: count.orders }
    return { state: without(state, 'count'), drafts: [seen(env, stepOf(env), what, when)] }
  }
  if (parent === undefined) return { state, drafts: [exception(env, 'parent-missing', { epcs: [], orders: [] }, when)] }
  const closed = without(state, 'parent', 'opening', 'order')
  if (env.config.mode !== 'packing') return { state: closed, drafts: [] }
  if (parent.epcs.length + parent.quantities.length === 0)
    return { state: closed, drafts: [exception(env, 'parent-empty', { epcs: [parent.epc], orders: [] }, when)] }
  return { state: closed, drafts: [moved(env, stepOf(env), 'ADD', parent.epc, parent, { ...when, scan: parent.scan })] }
}

/** The open vehicle leaves or has come: the event names every order that was loaded while it was open. */
export function travel(
  env: StationEnv,
  state: StationState,
  bizStep: 'departing' | 'arriving',
  when: Circumstances,
): StationResult {
  const { parent } = state
  if (parent === undefined) return { state, drafts: [exception(env, 'parent-missing', { epcs: [], orders: [] }, when)] }
  const drafts = [seen(env, bizStep, { epcs: [parent.epc], orders: parent.orders }, when)]
  return { state: bizStep === 'departing' ? without(state, 'parent', 'order') : state, drafts }
}

/** An order was scanned by itself. */
export function orderAlone(env: StationEnv, state: StationState, order: string, when: Circumstances): StationResult {
  const drafts = env.config.orderAlone === 'event' ? [orderSeen(env, stepOf(env), order, when)] : []
  const parent = state.parent === undefined ? {} : { parent: withThings(state.parent, { orders: [order] }, when.at) }
  return { state: { ...state, ...parent, order: { uri: order, at: when.at } }, drafts }
}

function observe(env: StationEnv, state: StationState, what: Item, when: Handling): StationResult {
  const vehicle = what.epcs.find(isVehicle)
  // So that WT:DEPART and WT:ARRIVE work at a gate; an observing station gathers nothing.
  const next = vehicle === undefined ? state : { ...state, parent: opened(vehicle, what, when) }
  return { state: next, drafts: [seen(env, stepOf(env), what, when)] }
}

function count(state: StationState, what: Item, when: Handling): StationResult {
  const so = state.count ?? { epcs: [], quantities: [], orders: [], since: when.at }
  return { state: { ...state, count: { ...so, ...merged(so, what) } }, drafts: [] }
}

function pack(env: StationEnv, state: StationState, what: Item, when: Handling): StationResult {
  const { parent } = state
  const wanted = what.epcs.find(isPackage)
  if (wanted !== undefined && wanted === parent?.epc && !state.opening) return close(env, state, when)
  if (wanted !== undefined && (parent === undefined || state.opening)) {
    const before = parent === undefined ? { state, drafts: [] } : close(env, state, when)
    const open = opened(wanted, what, when)
    return { state: { ...without(before.state, 'opening'), parent: open }, drafts: before.drafts }
  }
  if (parent === undefined) return { state, drafts: [exception(env, 'parent-missing', what, when)] }
  return { state: { ...state, parent: withThings(parent, what, when.at) }, drafts: [] }
}

function carry(env: StationEnv, state: StationState, what: Item, when: Handling): StationResult {
  const vehicle = what.epcs.find(isVehicle)
  const { parent } = state
  if (vehicle !== undefined && (parent === undefined || state.opening || what.epcs.length === 1)) {
    const parent = opened(vehicle, { ...what, epcs: [vehicle] }, when)
    return { state: { ...without(state, 'opening'), parent }, drafts: [] }
  }
  if (parent === undefined) return { state, drafts: [exception(env, 'parent-missing', what, when)] }
  const out = env.config.mode === 'unloading' || parent.unloading === true
  const bizStep = out && env.config.mode === 'loading' ? 'unloading' : stepOf(env)
  return {
    state: { ...state, parent: withThings(parent, what, when.at) },
    drafts: [moved(env, bizStep, out ? 'DELETE' : 'ADD', parent.epc, what, when)],
  }
}

function opened(epc: string, what: Item, { at, scan, from }: Handling): OpenParent {
  return { epc, openedAt: at, lastAt: at, epcs: [], quantities: [], orders: what.orders, facts: what.facts, scan, from }
}

function withThings(parent: OpenParent, what: Partial<Item>, at: number): OpenParent {
  return { ...parent, ...merged(parent, what), lastAt: at, facts: { ...what.facts, ...parent.facts } }
}

type Gathered = Pick<OpenParent, 'epcs' | 'quantities' | 'orders'>

/** Each thing once; classes are added up, for each scan of a class is another piece. */
function merged(so: Gathered, what: Partial<Item>): Gathered {
  const quantities = so.quantities.map((q) => ({ ...q }))
  for (const { epcClass, quantity = 1 } of what.quantities ?? []) {
    const known = quantities.find((q) => q.epcClass === epcClass)
    if (known === undefined) quantities.push({ epcClass, quantity })
    else known.quantity = (known.quantity ?? 1) + quantity
  }
  return {
    epcs: [...new Set([...so.epcs, ...(what.epcs ?? [])])],
    quantities,
    orders: [...new Set([...so.orders, ...(what.orders ?? [])])],
  }
}
