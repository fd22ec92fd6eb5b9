/** What may be sent next: entries from a position on. */
export interface Next {
  from: number
  max: number
  /** Spooled before this connection, or sent before: marked as late. */
  backfill: boolean
  single: boolean
}

interface Sent {
  from: number
  to: number
  bytes: number
}

export interface FlowLimits {
  /** Messages in flight. */
  window: number
  /** Events in one message. */
  batch: number
  /** Bytes in flight: they lie in the memory of the agent. */
  windowBytes: number
  /** Events sent but not yet passed by ingest's mark: so many are sent again after a break. */
  unmarked: number
}

/** Few waiting live events go on topics of their own, which others may subscribe to; more go as a batch. */
const SINGLES = 4
/** So many messages go one by one after the broker refused something, to find what. */
const PROBES = 200

/**
 * Which spool positions are sent when: live ones at once, the backlog beside them with what the window leaves.
 * Pure bookkeeping: acknowledgements move the window, marks move the beginning.
 */
export function flow(limits: FlowLimits) {
  let mark = 0
  let last = 0
  let backlog = { next: 1, end: 0 }
  let live = 1
  let bytes = 0
  let tickets = 0
  let probes = 0
  const inFlight = new Map<number, Sent>()

  const full = () =>
    inFlight.size >= (probes > 0 ? 1 : limits.window) || (inFlight.size > 0 && bytes >= limits.windowBytes)

  return {
    /** A connection begins, or what was sent is sent again: everything after the mark is backlog. */
    restart(newMark: number, newLast: number): void {
      mark = newMark
      last = newLast
      backlog = { next: mark + 1, end: last }
      live = last + 1
      bytes = 0
      inFlight.clear()
    },
    appended(position: number): void {
      last = Math.max(last, position)
    },
    marked(position: number): void {
      mark = Math.max(mark, position)
      backlog.next = Math.max(backlog.next, mark + 1)
      live = Math.max(live, mark + 1)
    },
    next(): Next | undefined {
      if (full()) return undefined
      const single = probes > 0
      if (live <= last && !(single && backlog.next <= backlog.end)) {
        const waiting = last - live + 1
        return {
          from: live,
          max: Math.min(waiting, limits.batch),
          backfill: false,
          single: single || waiting <= SINGLES,
        }
      }
      const left = backlog.end - backlog.next + 1
      if (left <= 0 || backlog.next - mark > limits.unmarked) return undefined
      return { from: backlog.next, max: Math.min(left, limits.batch), backfill: true, single }
    },
    /** Entries are on their way, or are skipped (`size` 0). Returns a ticket for `acknowledged`. */
    sent(from: number, to: number, size: number): number {
      if (from >= live) live = Math.max(live, to + 1)
      else backlog.next = Math.max(backlog.next, to + 1)
      if (size === 0) return 0
      tickets++
      inFlight.set(tickets, { from, to, bytes: size })
      bytes += size
      return tickets
    },
    acknowledged(ticket: number): Sent | undefined {
      const sent = inFlight.get(ticket)
      if (sent === undefined) return undefined
      inFlight.delete(ticket)
      bytes -= sent.bytes
      if (probes > 0) probes--
      return sent
    },
    /** From the next connection on, events go one by one. */
    probe(): void {
      probes = PROBES
    },
    get probing() {
      return probes > 0
    },
    get inFlight() {
      return inFlight.size
    },
    /** The oldest position in flight. */
    get oldest(): number | undefined {
      let least: number | undefined
      for (const { from } of inFlight.values()) least = Math.min(least ?? from, from)
      return least
    },
    get mark() {
      return mark
    },
    /** The newest position ever sent on this connection, 0 when none was. */
    get reached() {
      return Math.max(live - 1, backlog.next - 1)
    },
  }
}

export type Flow = ReturnType<typeof flow>
