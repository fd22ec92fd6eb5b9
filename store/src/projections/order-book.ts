import { NODES, type Node, orderNumber } from '@waytrace/standard'
import type { RootDatabase } from 'lmdb'
import { KEY_SEPARATOR, keyText } from '../keys.ts'
import { type RowCache, rowCache } from '../lmdb-cache.ts'
import type { OrderBook, OrderView, Page } from '../ports.ts'
import { type OrderRow, packOrder, unpackOrder } from './order-row.ts'
import { farthestNode, type OrderState, orderView, reached } from './orders.ts'
import { learnStages, type StageMeans } from './stages.ts'

/** Counters of all orders, in one row. */
interface Totals {
  orders: number
  funnel: Partial<Record<Node, number>>
}
/** [node, minus the change's UTC ms, order key]: newest first. */
type RecentKey = [number, number, string]

export type OrderTables = ReturnType<typeof openOrderTables>

const INDEX = new Map<Node, number>(NODES.map(({ node }, i) => [node, i]))

export function openOrderTables(root: RootDatabase) {
  return {
    orders: root.openDB<OrderRow, string>({ name: 'orders', encoding: 'json' }),
    recent: root.openDB<number, RecentKey>({ name: 'orders-recent', encoding: 'json' }),
    totals: root.openDB<Totals, string>({ name: 'orders-totals', encoding: 'json' }),
    stages: root.openDB<StageMeans, string>({ name: 'stages', encoding: 'json' }),
  }
}

/** Number first, so that an order is found by what people type. */
export function orderRowKey(uri: string): string {
  return `${keyText(orderNumber(uri))}${KEY_SEPARATOR}${keyText(uri)}`
}

/** Orders while one writer changes them; everything that follows from a changed order is worked out once per flush. */
export interface OrderWriter {
  get(uri: string): OrderState | undefined
  set(state: OrderState): void
  flush(): void
  forget(): void
}

export function orderWriter(tables: OrderTables): OrderWriter {
  const rows: RowCache<OrderState> = rowCache({
    get(key) {
      const row = tables.orders.get(key)
      return row === undefined ? undefined : unpackOrder(row)
    },
    put: (key, state) => tables.orders.put(key, packOrder(state)),
    remove: (key) => tables.orders.remove(key),
  })
  const before = new Map<string, OrderState | undefined>()
  return {
    get: (uri) => rows.get(orderRowKey(uri)),
    set(state) {
      const key = orderRowKey(state.uri)
      if (!before.has(key)) before.set(key, rows.get(key))
      rows.set(key, state)
    },
    flush() {
      if (before.size === 0) return
      const totals = tables.totals.get('all') ?? { orders: 0, funnel: {} }
      const means = tables.stages.get('all') ?? {}
      for (const [key, old] of before) {
        const now = rows.get(key)
        if (now === undefined) continue
        index(key, old, now, totals)
        learnStages(means, old === undefined ? [] : reached(old), reached(now))
      }
      void tables.totals.put('all', totals)
      void tables.stages.put('all', means)
      before.clear()
      rows.flush()
    },
    forget() {
      rows.forget()
      before.clear()
    },
  }

  function index(key: string, old: OrderState | undefined, now: OrderState, totals: Totals): void {
    const node = farthestNode(now)
    if (old === undefined) totals.orders += 1
    else {
      const was = farthestNode(old)
      totals.funnel[was] = (totals.funnel[was] ?? 1) - 1
      void tables.recent.remove(recentKey(was, old, key))
    }
    totals.funnel[node] = (totals.funnel[node] ?? 0) + 1
    void tables.recent.put(recentKey(node, now, key), 1)
  }
}

function recentKey(node: Node, { updatedMs }: OrderState, key: string): RecentKey {
  return [INDEX.get(node) ?? 0, -updatedMs, key]
}

/** The orders an order number or URI means: their rows. */
export function findOrders({ orders }: OrderTables, wanted: string): OrderState[] {
  const number = keyText(orderNumber(wanted))
  const range = { start: `${number}${KEY_SEPARATOR}`, end: `${number}${KEY_SEPARATOR}\uffff` }
  const found = [...orders.getRange(range)].map(({ value }) => unpackOrder(value))
  return found.filter(({ uri }) => uri === wanted || orderNumber(uri) === wanted)
}

export function orderBook(tables: OrderTables, refresh: () => void): OrderBook {
  const means = () => tables.stages.get('all') ?? {}
  return {
    order(wanted) {
      refresh()
      const [state] = findOrders(tables, wanted)
      return state === undefined ? undefined : orderView(state, means())
    },
    list({ after, limit, node, prefix }) {
      refresh()
      return prefix === undefined
        ? newestFirst(tables, means(), limit, after, node)
        : byNumber(tables, means(), limit, prefix, after, node)
    },
    count() {
      refresh()
      return tables.totals.get('all')?.orders ?? 0
    },
    funnel() {
      refresh()
      const funnel = tables.totals.get('all')?.funnel ?? {}
      return Object.fromEntries(NODES.map(({ node }) => [node, funnel[node] ?? 0])) as Record<Node, number>
    },
  }
}

/** A page's token is the last order's change time and key, so that paging goes on where it was while orders move. */
function newestFirst(
  tables: OrderTables,
  means: StageMeans,
  limit: number,
  after: string | undefined,
  node: Node | undefined,
): Page<OrderView> {
  const cut = after?.indexOf(' ') ?? -1
  const from =
    after === undefined || cut < 0 ? undefined : { time: Number(after.slice(0, cut)), key: after.slice(cut + 1) }
  const nodes = node === undefined ? NODES.map((_, i) => i) : [INDEX.get(node) ?? 0]
  const found: RecentKey[] = []
  for (const i of nodes) {
    const start: RecentKey = from === undefined ? [i, Number.NEGATIVE_INFINITY, ''] : [i, from.time, from.key]
    const range = { start, end: [i, Number.POSITIVE_INFINITY, ''] as RecentKey, limit: limit + 2 }
    for (const key of tables.recent.getKeys(range)) if (from === undefined || key[2] !== from.key) found.push(key)
  }
  found.sort((a, b) => a[1] - b[1] || (a[2] < b[2] ? -1 : 1))
  const items = found.slice(0, limit).flatMap(([, , key]) => {
    const row = tables.orders.get(key)
    return row === undefined ? [] : [orderView(unpackOrder(row), means)]
  })
  const last = found[limit - 1]
  return found.length > limit && last !== undefined ? { items, next: `${last[1]} ${last[2]}` } : { items }
}

function byNumber(
  tables: OrderTables,
  means: StageMeans,
  limit: number,
  prefix: string,
  after: string | undefined,
  node: Node | undefined,
): Page<OrderView> {
  const items: OrderView[] = []
  let last = ''
  for (const { key, value } of tables.orders.getRange({ start: after ?? prefix, end: `${prefix}\uffff` })) {
    const state = unpackOrder(value)
    if (key === after || (node !== undefined && farthestNode(state) !== node)) continue
    if (items.length >= limit) return { items, next: last }
    items.push(orderView(state, means))
    last = key
  }
  return { items }
}
