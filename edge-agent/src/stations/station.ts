import type { EventDraft } from '../ports.ts'
import { exception, moved, notOccurred } from './drafts.ts'
import { close, type Handling, item, orderAlone, stepOf, travel } from './modes.ts'
import {
  type ScanSource,
  type StationEnv,
  type StationInput,
  type StationResult,
  type StationState,
  without,
} from './state.ts'
import { type Command, codeUri, type Meaning, readSymbol } from './symbols.ts'

const NOTHING = { epcs: [], orders: [] }
const MAX_BINDINGS = 10_000

/** The station's state machine: one input, the state after it and the events it makes. Pure but for new event ids. */
export function station(env: StationEnv, state: StationState, input: StationInput): StationResult {
  if (input.kind === 'stamped') {
    const { undo } = state
    const stamps = input.stamps.filter(({ id }) => undo?.drafts.some(({ event }) => event.id === id))
    return {
      state: undo === undefined || stamps.length === 0 ? state : { ...state, undo: { ...undo, stamps } },
      drafts: [],
    }
  }
  const at = input.kind === 'tick' ? input.at : input.scan.at
  const current = expire(env, state, at)
  if (input.kind === 'tick') return current
  const { scan, from } = input
  const window = env.config.duplicateWindowMs
  const recent = current.state.recent.filter((seen) => Math.abs(at - seen.at) < window)
  if (recent.some(({ raw }) => raw === scan.raw)) return current
  const before: StationState = { ...current.state, recent: window > 0 ? [...recent, { raw: scan.raw, at }] : [] }
  const result = scanned(env, before, readSymbol(scan, env, before), { at, scan, from, state: before })
  return { state: touched(result.state, at), drafts: [...current.drafts, ...result.drafts] }
}

function scanned(env: StationEnv, state: StationState, symbol: Meaning, when: Handling): StationResult {
  const signing = symbol.means === 'operator' || (symbol.means === 'command' && symbol.command === 'signOut')
  if (!signing && state.operator === undefined && env.config.operator.required)
    return { state, drafts: [exception(env, 'operator-missing', thingsOf(symbol), when)] }
  if (!signing && state.binding !== undefined && symbol.means !== 'command') return bind(env, state, symbol, when)
  switch (symbol.means) {
    case 'operator':
      return { state: { ...state, operator: { id: symbol.id, since: when.at, lastAt: when.at } }, drafts: [] }
    case 'command':
      return command(env, state, symbol.command, when)
    case 'exception':
      return reason(env, state, symbol.reason, when)
    case 'location':
      return { state: { ...state, location: { id: symbol.id, at: when.at } }, drafts: [] }
    case 'order':
      return undoable(state, orderAlone(env, state, symbol.order, when), when.at)
    case 'unknown':
      return { state, drafts: [exception(env, 'code-unknown', thingsOf(symbol), when)] }
    case 'item':
      return undoable(state, item(env, state, symbol, when), when.at)
  }
}

function command(env: StationEnv, state: StationState, which: Command, when: Handling) {
  switch (which) {
    case 'open':
      return { state: { ...state, opening: true }, drafts: [] }
    case 'close':
      return undoable(state, close(env, state, when), when.at)
    case 'depart':
      return undoable(state, travel(env, state, 'departing', when), when.at)
    case 'arrive':
      return undoable(state, travel(env, state, 'arriving', when), when.at)
    case 'unload':
      return undoable(state, unload(env, state, when), when.at)
    case 'bind':
      return { state: { ...state, binding: { at: when.at } }, drafts: [] }
    case 'undo':
      return undo(env, state, when)
    case 'signOut':
      return { state: without(state, 'operator'), drafts: [] }
  }
}

/** At an unloading station everything leaves; at a loading one the next packages do. */
function unload(env: StationEnv, state: StationState, when: Handling): StationResult {
  const { parent } = state
  if (parent === undefined) return { state, drafts: [exception(env, 'parent-missing', NOTHING, when)] }
  if (env.config.mode !== 'unloading')
    return { state: { ...state, parent: { ...parent, unloading: true } }, drafts: [] }
  return { state: without(state, 'parent'), drafts: [moved(env, stepOf(env), 'DELETE', parent.epc, NOTHING, when)] }
}

/** An exception belongs to the item scanned just before, else to the next one. */
function reason(env: StationEnv, state: StationState, why: string, when: Handling): StationResult {
  const { lastItem } = state
  if (lastItem === undefined || when.at - lastItem.at > env.config.undoMs)
    return { state: { ...state, armed: { reason: why, at: when.at } }, drafts: [] }
  return { state, drafts: [exception(env, why, lastItem, when)] }
}

function undo(env: StationEnv, state: StationState, when: Handling): StationResult {
  const last = state.undo
  if (last === undefined || when.at - last.at > env.config.undoMs)
    return { state, drafts: [exception(env, 'nothing-to-undo', NOTHING, when)] }
  const drafts = last.drafts.map((draft) =>
    notOccurred(
      draft,
      last.stamps.find(({ id }) => id === draft.event.id),
      when,
    ),
  )
  const { operator, recent, bindings } = state
  return { state: { ...last.before, ...(operator && { operator }), recent, bindings }, drafts }
}

function bind(env: StationEnv, state: StationState, symbol: Meaning, when: Handling): StationResult {
  const so = { ...state.binding, at: when.at }
  if (symbol.means === 'unknown') so.code = symbol.code
  else if (symbol.means === 'order') so.order = symbol.order
  else if (symbol.means === 'item' && symbol.orders[0] !== undefined) so.order = symbol.orders[0]
  else return { state: without(state, 'binding'), drafts: [exception(env, 'bind-broken-off', thingsOf(symbol), when)] }
  if (so.code === undefined || so.order === undefined) return { state: { ...state, binding: so }, drafts: [] }
  // The oldest binding goes first: what a station keeps is bounded.
  const entries = [...Object.entries(state.bindings), [so.code, so.order] as const].slice(-MAX_BINDINGS)
  return { state: { ...without(state, 'binding'), bindings: Object.fromEntries(entries) }, drafts: [] }
}

/** Remembers the events and the state before them, so that they can be undone. Exceptions stand. */
function undoable(before: StationState, result: StationResult, at: number): StationResult {
  const drafts = result.drafts.filter(({ event }) => !('wt:exception' in event.data))
  if (drafts.length === 0) return result
  return { ...result, state: { ...result.state, undo: { at, drafts, stamps: [], before: without(before, 'undo') } } }
}

/** Lets go of what was idle too long. A package left open is an exception event: its content is known, its end is not. */
function expire(env: StationEnv, state: StationState, at: number): StationResult {
  const { config } = env
  let next = state
  const drafts: EventDraft[] = []
  const { parent, operator } = state
  if (parent !== undefined && at - parent.lastAt > config.parentTimeoutMs) {
    next = without(next, 'parent', 'opening')
    if (config.mode === 'packing') {
      const what = { ...parent, epcs: [parent.epc, ...parent.epcs] }
      const from: ScanSource = parent.from
      drafts.push(exception(env, 'parent-timeout', what, { at, from, scan: parent.scan, state }))
    }
  }
  if (operator !== undefined && at - operator.lastAt > config.operator.timeoutMs) next = without(next, 'operator')
  for (const key of ['order', 'location', 'armed', 'binding'] as const) {
    const held = next[key]
    if (held !== undefined && at - held.at > config.orderTimeoutMs) next = without(next, key)
  }
  if (next.undo !== undefined && at - next.undo.at > config.undoMs) next = without(next, 'undo')
  return { state: next, drafts }
}

/** Work goes on: the operator stays signed in, and what is held for the next items stays held. */
function touched(state: StationState, at: number): StationState {
  const { operator, parent, order, location } = state
  return {
    ...state,
    ...(operator && { operator: { ...operator, lastAt: at } }),
    ...(parent && { parent: { ...parent, lastAt: at } }),
    ...(order && { order: { ...order, at } }),
    ...(location && { location: { ...location, at } }),
  }
}

function thingsOf(symbol: Meaning) {
  if (symbol.means === 'item') return symbol
  if (symbol.means === 'order') return { epcs: [], orders: [symbol.order] }
  if (symbol.means === 'unknown') return { epcs: [codeUri(symbol.code)], orders: [] }
  return NOTHING
}
