import { NODES, type Node, orderNumber } from '@waytrace/standard'
import { timeMs } from '../event-facts.ts'
import type { NodeVisit, OrderView } from '../ports.ts'
import type { Known, OrderFact } from './order-fact.ts'
import { expectedTimes, type StageMeans } from './stages.ts'

type Visit = Pick<OrderFact, 'key' | 'ms' | 'at' | 'position' | 'device' | 'operator' | 'place'>
type Note = Pick<OrderFact, 'key' | 'ms' | 'at' | 'position'> & { kind: string; text: string }
type Stated<T> = { value: T; ms: number; position: number; key: number }

/** An order as it is kept: what its events said, so that late and withdrawn ones find their place. */
export interface OrderState {
  uri: string
  /** The earliest visits of each node at each place, earliest first: one may yet be withdrawn. */
  visits: Partial<Record<Node, Visit[]>>
  /** What was stated, newest first: the newest may yet be withdrawn. */
  known: { [name in keyof Known]?: Stated<NonNullable<Known[name]>>[] }
  notes: Note[]
  epcs: string[]
  voided: number[]
  updatedAt: string
  updatedMs: number
  /** Number of the last event of the batch that changed it last. */
  changed: number
}

/** Bounds of one order's row: an order that is scanned for ever must not grow for ever. */
const PLACES_PER_NODE = 4
/** So many may be withdrawn before what stood behind them is missed. */
const KEPT_BEHIND = 3
/** Of excursions, and of all other notes: a reading a minute must not push out what people said. */
const FIRST_NOTES = 20
const LAST_NOTES = 180
const MAX_EPCS = 10_000
const MAX_VOIDED = 100

/**
 * The order after one more fact. Facts may come in any order: event time decides, then the number. Returns the same
 * object when the fact changes nothing.
 */
export function reduceOrder(before: OrderState | undefined, uri: string, fact: OrderFact): OrderState {
  const state = before ?? newOrder(uri, fact)
  if (fact.voids !== true && state.voided.includes(fact.key)) return before ?? state
  const next: OrderState = { ...state }
  let changed = before === undefined
  if (fact.voids === true) changed = withdraw(next, fact.key) || changed
  if (fact.node !== undefined && counts(state, fact)) {
    const visits = withVisit(state.visits[fact.node] ?? [], fact)
    if (visits !== undefined) {
      next.visits = { ...state.visits, [fact.node]: visits }
      changed = true
    }
  }
  for (const { kind, text } of fact.notes ?? []) {
    const notes = withNote(next.notes, { ...moment(fact), kind, text })
    changed = notes !== next.notes || changed
    next.notes = notes
  }
  if (fact.known !== undefined) changed = learn(next, fact.known, fact) || changed
  if (fact.epcs?.some((epc) => !state.epcs.includes(epc))) {
    next.epcs = [...new Set([...state.epcs, ...fact.epcs])].sort().slice(0, MAX_EPCS)
    changed = true
  }
  if (changed && fact.ms > next.updatedMs) {
    next.updatedMs = fact.ms
    next.updatedAt = fact.at
  }
  return changed ? next : state
}

/** The farthest node reached; an order of which only other things are known stands at the first. */
export function farthestNode({ visits }: Pick<OrderState, 'visits'>): Node {
  for (let i = NODES.length - 1; i >= 0; i--) {
    const node = NODES[i]?.node
    if (node !== undefined && visits[node] !== undefined) return node
  }
  return 'placed'
}

/** The nodes that were reached, in the order of the lifecycle, with their times in UTC ms. */
export function reached({ visits }: Pick<OrderState, 'visits'>): { node: Node; ms: number }[] {
  return NODES.flatMap(({ node }) => {
    const ms = visits[node]?.[0]?.ms
    return ms === undefined ? [] : [{ node, ms }]
  })
}

export function orderView(state: OrderState, means: StageMeans): OrderView {
  const { known, uri } = state
  const promisedBy = known.promisedBy?.[0]?.value ?? known.window?.[0]?.value.notAfter
  const promisedMs = promisedBy === undefined ? undefined : timeMs(promisedBy)
  const expected = expectedTimes(reached(state), means, promisedMs)
  const view: OrderView = {
    order: orderNumber(uri),
    uri,
    nodes: NODES.map(({ node }) => visitView(node, state.visits[node] ?? [], expected[node])),
    node: farthestNode(state),
    epcs: state.epcs,
    notes: state.notes.map(({ at, kind, text, position }) => ({ at, kind, text, position })),
    updatedAt: state.updatedAt,
  }
  const customer = known.customer?.[0]?.value
  if (customer !== undefined) view.customer = customer
  const profile = known.profile?.[0]?.value
  if (profile !== undefined) view.profile = profile
  const limits = known.limits?.[0]?.value
  if (limits !== undefined) view.limits = limits
  const window = known.window?.[0]?.value
  if (window !== undefined) view.window = window
  if (promisedBy !== undefined) view.promisedBy = promisedBy
  return view
}

function visitView(node: Node, visits: Visit[], expectedMs: number | undefined): NodeVisit {
  const [first, ...more] = onePerPlace(visits)
  const visit: NodeVisit = { node }
  if (expectedMs !== undefined) visit.expectedAt = new Date(expectedMs).toISOString()
  if (first === undefined) return visit
  visit.at = first.at
  visit.position = first.position
  if (first.device !== undefined) visit.device = first.device
  if (first.operator !== undefined) visit.operator = first.operator
  if (first.place !== undefined) visit.place = first.place
  if (more.length > 0) visit.again = more.map(({ at, place }) => (place === undefined ? { at } : { at, place }))
  return visit
}

function newOrder(uri: string, { at, ms }: OrderFact): OrderState {
  return { uri, visits: {}, known: {}, notes: [], epcs: [], voided: [], updatedAt: at, updatedMs: ms, changed: 0 }
}

/** A vehicle that stands loaded at the dock reports, too: it carries orders in transit only once they departed. */
function counts({ visits }: OrderState, { node, through, ms }: OrderFact): boolean {
  if (through === undefined) return true
  const put = visits.put_away?.[0]
  if (put !== undefined && put.ms < ms) return false
  if (node !== 'in_transit') return true
  const departed = visits.departed?.[0]
  return departed !== undefined && departed.ms <= ms
}

/** Undefined when the visit is no news. */
function withVisit(visits: readonly Visit[], fact: OrderFact): Visit[] | undefined {
  if (visits.some(({ key }) => key === fact.key)) return undefined
  const visit: Visit = moment(fact)
  if (fact.device !== undefined) visit.device = fact.device
  if (fact.operator !== undefined) visit.operator = fact.operator
  if (fact.place !== undefined) visit.place = fact.place
  const all = [...visits, visit].sort(byTime)
  const places = new Set(
    onePerPlace(all)
      .slice(0, PLACES_PER_NODE)
      .map(({ place }) => place),
  )
  const next = all.filter((one) => places.has(one.place) && rank(one, all) < KEPT_BEHIND)
  return next.includes(visit) ? next : undefined
}

/** How many visits at the same place come before this one. */
function rank(visit: Visit, sorted: readonly Visit[]): number {
  return sorted.filter(({ place }) => place === visit.place).indexOf(visit)
}

function onePerPlace(sorted: readonly Visit[]): Visit[] {
  return sorted.filter((visit) => rank(visit, sorted) === 0)
}

/** Both ends are kept, so that the same notes remain in whatever order they come, and the newest is among them. */
function withNote(notes: Note[], note: Note): Note[] {
  if (notes.some((n) => n.position === note.position && n.kind === note.kind && n.text === note.text)) return notes
  const next = [...notes, note].sort((a, b) => byTime(a, b) || (a.kind + a.text < b.kind + b.text ? -1 : 1))
  const measured = note.kind === 'excursion'
  const alike = next.filter(({ kind }) => (kind === 'excursion') === measured)
  if (alike.length <= FIRST_NOTES + LAST_NOTES) return next
  const dropped = alike[FIRST_NOTES]
  return dropped === note ? notes : next.filter((one) => one !== dropped)
}

function learn(state: OrderState, known: Known, fact: OrderFact): boolean {
  let changed = false
  for (const name of Object.keys(known) as (keyof Known)[]) {
    const held = (state.known[name] ?? []) as Stated<unknown>[]
    if (held.some(({ key }) => key === fact.key)) continue
    const stated = { value: known[name], ms: fact.ms, position: fact.position, key: fact.key }
    const next = [...held, stated].sort((a, b) => byTime(b, a)).slice(0, KEPT_BEHIND)
    if (!next.includes(stated)) continue
    state.known = { ...state.known, [name]: next }
    changed = true
  }
  return changed
}

/** Takes back what the event with this key said; true when it had said something or may still come. */
function withdraw(state: OrderState, key: number): boolean {
  if (state.voided.includes(key)) return false
  state.voided = [...state.voided, key].slice(-MAX_VOIDED)
  const visits: OrderState['visits'] = {}
  for (const [node, list] of Object.entries(state.visits) as [Node, Visit[]][]) {
    const kept = list.filter((visit) => visit.key !== key)
    if (kept.length > 0) visits[node] = kept
  }
  state.visits = visits
  state.notes = state.notes.filter((note) => note.key !== key)
  state.known = Object.fromEntries(
    Object.entries(state.known).flatMap(([name, list]) => {
      const kept = (list as Stated<unknown>[]).filter((stated) => stated.key !== key)
      return kept.length === 0 ? [] : [[name, kept]]
    }),
  )
  return true
}

function moment({ key, ms, at, position }: OrderFact): Pick<OrderFact, 'key' | 'ms' | 'at' | 'position'> {
  return { key, ms, at, position }
}

function byTime(a: { ms: number; position: number }, b: { ms: number; position: number }): number {
  return a.ms - b.ms || a.position - b.position
}
