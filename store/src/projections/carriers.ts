import type { Database } from 'lmdb'
import { keyText } from '../keys.ts'
import { rowCache } from '../lmdb-cache.ts'
import type { OrderFact } from './order-fact.ts'

/** [thing, UTC ms, position] -> what happened to it, without naming an order. */
export type CarrierTable = Database<OrderFact, [string, number, number]>

/** Of facts that repeat (a truck in transit reports each minute) one in this time is kept. */
const REPEAT_MS = 5 * 60_000

/**
 * What happened to vehicles and packages, kept for orders that turn out to have been inside: a loading event may come
 * after the departure. Inside a commit.
 */
export function carrierLog(table: CarrierTable, heads: Database<number, string>) {
  let noted = new Map<string, number>()
  /** UTC ms of the newest fact of each thing: most things have none, and a look-up is cheaper than a range. */
  const newest = rowCache(heads)
  return {
    add(thing: string, fact: OrderFact): void {
      const key = keyText(thing)
      if (fact.node === 'in_transit' && fact.notes === undefined && fact.voids === undefined) {
        if (isRepeat(key, fact.ms)) return
        if (noted.size > 10_000) noted = new Map()
        noted.set(key, fact.ms)
      }
      void table.put([key, fact.ms, fact.position], fact)
      if (fact.ms > (newest.get(key) ?? Number.NEGATIVE_INFINITY)) newest.set(key, fact.ms)
    },
    /** What happened to a thing in a time span, ends included. */
    *during(thing: string, from: number, to: number): Iterable<OrderFact> {
      const key = keyText(thing)
      const last = newest.get(key)
      if (last === undefined || last < from) return
      for (const { value } of table.getRange({ start: [key, from, 0], end: [key, to, Number.MAX_SAFE_INTEGER] }))
        yield value
    },
    flush: () => newest.flush(),
    forget(): void {
      noted = new Map()
      newest.forget()
    },
  }

  function isRepeat(key: string, ms: number): boolean {
    const last = noted.get(key)
    if (last !== undefined && ms >= last && ms < last + REPEAT_MS) return true
    if (ms >= (newest.get(key) ?? Number.NEGATIVE_INFINITY) + REPEAT_MS) return false
    for (const { value } of table.getRange({ start: [key, ms - REPEAT_MS + 1, 0], end: [key, ms + 1, 0] }))
      if (value.node === 'in_transit') return true
    return false
  }
}

/**
 * Which vehicles said already that they are on the way, since the last departure of any: their next report need not
 * look at a hundred orders again.
 */
export function carrierMemo(capacity = 10_000) {
  let memo = new Map<string, number>()
  return {
    /** Whether the same was said at an earlier time. */
    applied(thing: string, ms: number): boolean {
      const last = memo.get(thing)
      return last !== undefined && last <= ms
    },
    note(thing: string, ms: number): void {
      if (memo.size >= capacity) memo = new Map()
      memo.set(thing, ms)
    },
    forget(): void {
      memo = new Map()
    },
  }
}
