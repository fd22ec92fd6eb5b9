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
/** Orders a batch changed, latest last: row key and node by its index. */
type Changed = [string, number][]

export type OrderTables = ReturnType<typeof openOrderTables>

const INDEX = new Map<Node, number>(NODES.map(({ node }, i) => [node, i]))

export function openOrderTables(root: RootDatabase) {
  return {
    orders: root.openDB<OrderRow, string>({ name: 'orders', encoding: 'json' }),
    /**
     * Number of a batch's last event -> the orders it changed. One row a batch, because an index of orders by time
     * costs two writes a change; an entry counts when the order's row still names the batch.
     */
    changes: root.openDB<Changed, number>({ name: 'orders-changes', encoding: 'json' }),
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
  /** `last` is the number of the last event of the batch. */
  flush(last: number): void
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
      const old = before.has(key) ? before.get(key) : rows.get(key)
      // To the end: the list of changes is in the order of the last one of each.
      before.delete(key)
      before.set(key, old)
      rows.set(key, state)
    },
    flush(last) {
      if (before.size === 0) return
      const totals = tables.totals.get('all') ?? { orders: 0, funnel: {} }
      const means = tables.stages.get('all') ?? {}
      const changed: Changed = []
      for (const [key, old] of before) {
        const now = rows.get(key)
        if (now === undefined) continue
        rows.set(key, { ...now, changed: last })
        changed.push([key, INDEX.get(count(old, now, totals)) ?? 0])
        learnStages(means, old === undefined ? [] : reached(old), reached(now))
      }
      void tables.changes.put(last, changed)
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
}

/** Counts the order at its node, and no longer where it was. */
function count(old: OrderState | undefined, now: OrderState, totals: Totals): Node {
  const node = farthestNode(now)
  if (old === undefined) totals.orders += 1
  else {
    const was = farthestNode(old)
    totals.funnel[was] = (totals.funnel[was] ?? 1) - 1
  }
  totals.funnel[node] = (totals.funnel[node] ?? 0) + 1
  return node
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

/** A page's token is the place of its last order in the list of changes. */
function newestFirst(
  tables: OrderTables,
  means: StageMeans,
  limit: number,
  after: string | undefined,
  node: Node | undefined,
): Page<OrderView> {
  const [batch = Number.MAX_SAFE_INTEGER, index = Number.MAX_SAFE_INTEGER] = after?.split(' ').map(Number) ?? []
  const wanted = node === undefined ? undefined : INDEX.get(node)
  // So that a look for the last few at a node need not read all changes there ever were.
  const most = node === undefined ? undefined : tables.totals.get('all')?.funnel[node]
  const items: OrderView[] = []
  let next = ''
  for (const { key, value } of tables.changes.getRange({ start: batch, reverse: true })) {
    for (let i = value.length - 1; i >= 0; i--) {
      const [rowKey = '', at] = value[i] ?? []
      if ((key === batch && i >= index) || (wanted !== undefined && at !== wanted)) continue
      if (after === undefined && items.length === most) return { items }
      const row = tables.orders.get(rowKey)
      if (row === undefined || row.changed !== key) continue
      if (items.length >= limit) return { items, next }
      items.push(orderView(unpackOrder(row), means))
      next = `${key} ${i}`
    }
  }
  return { items }
}

/** Takes what no longer counts out of old lists of changes. True when there may be more; begins again when done. */
export function compactChanges({ orders, changes, totals }: OrderTables, batches: number): boolean {
  const done = totals.get('compacted')?.orders ?? 0
  const old = [...changes.getRange({ start: done + 1, limit: batches })]
  for (const { key, value } of old) {
    const kept = value.filter(([rowKey]) => orders.get(rowKey)?.changed === key)
    if (kept.length === 0) void changes.remove(key)
    else if (kept.length < value.length) void changes.put(key, kept)
  }
  const more = old.length === batches
  void totals.put('compacted', { orders: more ? (old.at(-1)?.key ?? 0) : 0, funnel: {} })
  return more
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
