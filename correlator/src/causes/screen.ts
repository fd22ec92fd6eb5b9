import { type GroupName, levelOf } from './groups.ts'
import { type Hash, hash64 } from './hash.ts'
import { KindCounters, type Spans } from './kind-counters.ts'
import { llr, MIN_MEMBERS } from './llr.ts'
import { Numbering } from './numbering.ts'

export interface ScreenOptions {
  bucketMs?: number
  windowBuckets?: number
  /** A number for all kinds, or one per kind; Infinity for kinds that need no readings. */
  freshMs?: number | ((kind: string) => number)
}

/** A group whose orders are alarmed more than the rest, after stronger ones were set aside. */
export interface Suspect {
  group: number
  k: number
  n: number
  llr: number
}

const NO_GROUPS: readonly number[] = []

/**
 * The streaming screen: who is alarmed and who is quiet, per alarm kind and risk group. Time is event time, given with
 * each call in milliseconds; nothing here reads a clock. Orders and groups are named outside, numbers inside.
 */
export class Screen {
  readonly orders = new Numbering()
  readonly groups = new Numbering()
  readonly #hashes: Hash[] = []
  readonly #groupsOf: (readonly number[])[] = []
  readonly #members: Set<number>[] = []
  readonly #levels = new Map<string, number>()
  readonly #kinds = new Map<string, KindCounters>()
  readonly #options: Required<ScreenOptions>
  #now = Number.NEGATIVE_INFINITY

  constructor(options: ScreenOptions = {}) {
    this.#options = { bucketMs: 60_000, windowBuckets: 15, freshMs: 300_000, ...options }
  }

  /** Names of the alarm kinds met so far. */
  kinds(): string[] {
    return [...this.#kinds.keys()]
  }

  counters(kind: string): KindCounters {
    let counters = this.#kinds.get(kind)
    if (counters === undefined) {
      const { bucketMs, windowBuckets, freshMs } = this.#options
      const spans: Spans = { bucketMs, windowBuckets, freshMs: typeof freshMs === 'number' ? freshMs : freshMs(kind) }
      counters = new KindCounters(spans, this.#hashes)
      counters.advance(this.#now, this.#current)
      this.#kinds.set(kind, counters)
    }
    return counters
  }

  /** The order is in exactly these groups from `at` on. */
  place(order: string, groups: readonly GroupName[], at: number): void {
    const index = this.#order(order)
    const before = this.#groupsOf[index] ?? NO_GROUPS
    const after = this.#groupNumbers(groups)
    if (before.length === after.length && before.every((group, i) => group === after[i])) return
    this.#groupsOf[index] = after
    for (const group of before) this.#leave(index, group)
    for (const group of after) this.#join(index, group)
    for (const counters of this.#kinds.values()) counters.moved(index, before, after, at)
  }

  /** The order is delivered, or gone: it leaves all counts. */
  forget(order: string): void {
    const index = this.orders.find(order)
    if (index === undefined) return
    for (const group of this.#groupsOf[index] ?? NO_GROUPS) this.#leave(index, group)
    this.#groupsOf[index] = NO_GROUPS
    for (const counters of this.#kinds.values()) counters.forget(index)
  }

  /** A reading, or any other sign that an alarm of this kind would have been noticed. */
  seen(order: string, kind: string, at: number): void {
    const index = this.#order(order)
    this.counters(kind).seen(index, at, this.#current(index))
  }

  /**
   * An alarm of this order is raised, or still stands. `groups` are the order's groups at the time of the alarm, for
   * alarms that come late; without them, those known now.
   */
  alarm(order: string, kind: string, at: number, groups?: readonly GroupName[]): void {
    const index = this.#order(order)
    const pinned = groups === undefined ? undefined : this.#groupNumbers(groups)
    const current = this.#current(index)
    const same = pinned?.length === current.length && pinned.every((group, i) => group === current[i])
    this.counters(kind).alarm(index, at, current, same ? undefined : pinned)
  }

  advance(now: number): void {
    if (now <= this.#now) return
    this.#now = now
    for (const counters of this.#kinds.values()) counters.advance(now, this.#current)
  }

  /** Orders that count under this group for this kind. */
  members(kind: string, group: number): number[] {
    const counters = this.counters(kind)
    const found: number[] = []
    for (const order of this.#members[group] ?? [])
      if (counters.isCounted(order) && !counters.pinned.has(order)) found.push(order)
    for (const [order, groups] of counters.pinned)
      if (groups.includes(group) && counters.isCounted(order)) found.push(order)
    return found
  }

  /** Fresh orders in none of these groups, and the alarmed ones among them. */
  outside(kind: string, groups: readonly number[]): { n: number; k: number } {
    const counters = this.counters(kind)
    const inside = new Set(groups.flatMap((group) => this.members(kind, group)))
    let alarmed = 0
    for (const order of inside) if (counters.isAlarmed(order)) alarmed++
    return { n: counters.size - inside.size, k: counters.total - alarmed }
  }

  /** The most suspicious group; its orders set aside, the next one; until none scores above the threshold. */
  suspects(kind: string, threshold: number, most = 10): Suspect[] {
    const counters = this.counters(kind)
    const { n, k } = counters
    const aside = { orders: new Set<number>(), n: new Map<number, number>(), k: new Map<number, number>() }
    let { size, total } = counters
    const found: Suspect[] = []
    while (found.length < most) {
      let best: Suspect | undefined
      for (const group of counters.raised) {
        const nLeft = (n[group] as number) - (aside.n.get(group) ?? 0)
        const kLeft = (k[group] as number) - (aside.k.get(group) ?? 0)
        if (nLeft < MIN_MEMBERS || kLeft < 2) continue
        const score = llr(kLeft, nLeft, total, size)
        // Ties go to the name, so that the order of arrival decides nothing.
        if (best === undefined || score > best.llr || (score === best.llr && this.#isBefore(group, best.group)))
          best = { group, k: kLeft, n: nLeft, llr: score }
      }
      if (best === undefined || best.llr <= threshold) break
      found.push(best)
      for (const order of this.members(kind, best.group)) {
        if (aside.orders.has(order)) continue
        aside.orders.add(order)
        const alarmed = counters.isAlarmed(order)
        size--
        if (alarmed) total--
        for (const group of counters.groupsOf(order)) {
          aside.n.set(group, (aside.n.get(group) ?? 0) + 1)
          if (alarmed) aside.k.set(group, (aside.k.get(group) ?? 0) + 1)
        }
      }
    }
    return found
  }

  /** Groups of a level that have orders now. */
  groupsAtLevel(level: string): number {
    return this.#levels.get(level) ?? 0
  }

  #join(order: number, group: number): void {
    const members = this.#members[group]
    members?.add(order)
    if (members?.size === 1) this.#countLevel(group, 1)
  }

  #leave(order: number, group: number): void {
    const members = this.#members[group]
    if (members?.delete(order) && members.size === 0) this.#countLevel(group, -1)
  }

  #countLevel(group: number, change: 1 | -1): void {
    const level = levelOf(this.groups.names[group] ?? '')
    this.#levels.set(level, (this.#levels.get(level) ?? 0) + change)
  }

  #isBefore(a: number, b: number): boolean {
    return (this.groups.names[a] ?? '') < (this.groups.names[b] ?? '')
  }

  #current = (order: number): readonly number[] => this.#groupsOf[order] ?? NO_GROUPS

  #order(name: string): number {
    const index = this.orders.of(name)
    if (index === this.#hashes.length) this.#hashes.push(hash64(name))
    return index
  }

  #groupNumbers(names: readonly GroupName[]): readonly number[] {
    const numbers = names.map((name) => this.groups.of(name))
    for (const number of numbers) this.#members[number] ??= new Set()
    return [...new Set(numbers)].sort((a, b) => a - b)
  }
}
