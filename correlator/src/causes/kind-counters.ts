import type { Hash } from './hash.ts'
import { grown } from './numbering.ts'

const NEVER = Number.NEGATIVE_INFINITY
const COUNTED = 1
const ALARMED = 2

/** How long things count, in milliseconds. */
export interface Spans {
  bucketMs: number
  /** An order counts as alarmed this many buckets from its latest alarm on. */
  windowBuckets: number
  /** An order without a reading for longer leaves all counts; Infinity for kinds that need no readings. */
  freshMs: number
}

/**
 * Counts of one alarm kind: per group the distinct fresh orders `n`, the distinct alarmed ones `k`, and the XOR of the
 * counted orders' hashes. A change of one order costs as many steps as it has groups. What an order counts under is
 * kept with the order, so it is taken out of the same groups again.
 */
export class KindCounters {
  n = new Int32Array()
  k = new Int32Array()
  low = new Int32Array()
  high = new Int32Array()
  /** Fresh orders, and alarmed ones among them. */
  size = 0
  total = 0
  /** Groups with two or more alarmed orders: only they can be suspects. */
  readonly raised = new Set<number>()
  /** Orders judged by the groups of their alarm's time, which may no longer be theirs. */
  readonly pinned = new Map<number, readonly number[]>()

  readonly #spans: Spans
  readonly #hashes: readonly Hash[]
  #seenAt = new Float64Array()
  #alarmAt = new Float64Array()
  /** The first alarm of those that follow one another without a whole quiet window between. */
  #raisedAt = new Float64Array()
  #state = new Uint8Array()
  readonly #under: (readonly number[])[] = []
  /** Orders to look at again when a bucket begins. */
  readonly #wheel = new Map<number, number[]>()
  #nowBucket = Number.NEGATIVE_INFINITY

  constructor(spans: Spans, hashes: readonly Hash[]) {
    this.#spans = spans
    this.#hashes = hashes
  }

  isCounted = (order: number) => ((this.#state[order] ?? 0) & COUNTED) !== 0
  isAlarmed = (order: number) => ((this.#state[order] ?? 0) & ALARMED) !== 0
  /** The groups an order counts under; none when it does not count. */
  groupsOf = (order: number): readonly number[] => (this.isCounted(order) ? (this.#under[order] ?? []) : [])
  /** Whether the alarm was noticed again in a later bucket: it stands, where most false alarms pass. */
  isStanding = (order: number) =>
    this.isAlarmed(order) &&
    this.#bucket(this.#raisedAt[order] as number) < this.#bucket(this.#alarmAt[order] as number)

  /** The fresh orders. */
  countedOrders(): number[] {
    const orders: number[] = []
    for (let order = 0; order < this.#state.length; order++) if (this.isCounted(order)) orders.push(order)
    return orders
  }

  /** Orders whose alarm stands. */
  standing(): number {
    let count = 0
    for (let order = 0; order < this.#state.length; order++) if (this.isStanding(order)) count++
    return count
  }

  seen(order: number, at: number, groups: readonly number[]): void {
    this.#grow(order)
    const before = this.#seenAt[order] as number
    if (at <= before) return
    this.#seenAt[order] = at
    if (this.#bucket(at) !== this.#bucket(before)) this.#lookAgain(order, this.#staleBucket(at))
    if (!this.isCounted(order)) this.#settle(order, groups)
  }

  /** `pinned`: the groups at the time of the alarm, where they are known to differ from now. */
  alarm(order: number, at: number, groups: readonly number[], pinned?: readonly number[]): void {
    this.seen(order, at, groups)
    const before = this.#alarmAt[order] as number
    const raised = this.#raisedAt[order] as number
    const follows = this.#quietBucket(Math.min(at, before)) > this.#bucket(Math.max(at, before))
    this.#raisedAt[order] = follows ? Math.min(at, raised) : Math.max(at, raised)
    if (at <= before) return
    this.#alarmAt[order] = at
    if (pinned === undefined) this.pinned.delete(order)
    else this.pinned.set(order, pinned)
    if (this.#bucket(at) !== this.#bucket(before)) this.#lookAgain(order, this.#quietBucket(at))
    this.#settle(order, groups)
  }

  /** The order's groups are others from `at` on; an earlier alarm stays with the groups it had. */
  moved(order: number, before: readonly number[], groups: readonly number[], at: number): void {
    this.#grow(order)
    if (this.isAlarmed(order) && (this.#alarmAt[order] as number) < at && !this.pinned.has(order))
      this.pinned.set(order, before)
    this.#settle(order, groups)
  }

  forget(order: number): void {
    this.#grow(order)
    this.#seenAt[order] = NEVER
    this.#alarmAt[order] = NEVER
    this.#raisedAt[order] = NEVER
    this.pinned.delete(order)
    this.#settle(order, [])
  }

  /** Lets time pass: what has grown old leaves the counts. */
  advance(now: number, groupsOf: (order: number) => readonly number[]): void {
    const bucket = this.#bucket(now)
    if (bucket <= this.#nowBucket) return
    this.#nowBucket = bucket
    for (const due of [...this.#wheel.keys()].filter((key) => key <= bucket)) {
      const orders = this.#wheel.get(due) ?? []
      this.#wheel.delete(due)
      for (const order of orders) this.#settle(order, groupsOf(order))
    }
  }

  #settle(order: number, groups: readonly number[]): void {
    const fresh = this.#staleBucket(this.#seenAt[order] as number) > this.#nowBucket
    const alarmed = fresh && this.#quietBucket(this.#alarmAt[order] as number) > this.#nowBucket
    if (!alarmed) this.pinned.delete(order)
    const under = this.pinned.get(order) ?? groups
    const state = (fresh ? COUNTED : 0) | (alarmed ? ALARMED : 0)
    if (state === this.#state[order] && (under === this.#under[order] || !fresh)) return
    this.#count(order, -1)
    this.#state[order] = state
    this.#under[order] = under
    this.#count(order, 1)
  }

  #count(order: number, sign: 1 | -1): void {
    if (!this.isCounted(order)) return
    const alarmed = this.isAlarmed(order)
    const { low, high } = this.#hashes[order] as Hash
    this.size += sign
    if (alarmed) this.total += sign
    for (const group of this.#under[order] ?? []) {
      if (group >= this.n.length) this.#growGroups(group)
      this.n[group] = (this.n[group] as number) + sign
      this.low[group] = (this.low[group] as number) ^ low
      this.high[group] = (this.high[group] as number) ^ high
      if (!alarmed) continue
      const k = (this.k[group] as number) + sign
      this.k[group] = k
      if (k === 2) this.raised.add(group)
      else if (k === 1) this.raised.delete(group)
    }
  }

  #bucket = (at: number) => Math.floor(at / this.#spans.bucketMs)
  #staleBucket = (at: number) => this.#bucket(at + this.#spans.freshMs) + 1
  #quietBucket = (at: number) => this.#bucket(at) + this.#spans.windowBuckets

  #lookAgain(order: number, bucket: number): void {
    if (!Number.isFinite(bucket)) return
    const orders = this.#wheel.get(bucket)
    if (orders === undefined) this.#wheel.set(bucket, [order])
    else orders.push(order)
  }

  #grow(order: number): void {
    if (order < this.#state.length) return
    this.#seenAt = grown(this.#seenAt, order, NEVER)
    this.#alarmAt = grown(this.#alarmAt, order, NEVER)
    this.#raisedAt = grown(this.#raisedAt, order, NEVER)
    this.#state = grown(this.#state, order)
  }

  #growGroups(group: number): void {
    this.n = grown(this.n, group)
    this.k = grown(this.k, group)
    this.low = grown(this.low, group)
    this.high = grown(this.high, group)
  }
}
