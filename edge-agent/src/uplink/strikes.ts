/** So often an event is sent before it is given up. */
const LIMIT = 3

/**
 * Counts how often the event right behind the mark was sent in vain. A round counts only when the broker acknowledged
 * the event and ingest was heard after that: while ingest is down, nothing is given up.
 */
export function strikes(limit = LIMIT) {
  let head = 0
  let count = 0
  let acknowledged = false
  let heard = false

  return {
    sent(from: number, to: number, mark: number): void {
      const next = mark + 1
      if (next < from || next > to) return
      if (head !== next) count = 0
      head = next
      acknowledged = false
      heard = false
    },
    acknowledged(from: number, to: number): void {
      if (head >= from && head <= to) acknowledged = true
    },
    /** Ingest published its mark now, not earlier. */
    heard(mark: number): void {
      if (acknowledged && mark < head) heard = true
    },
    /** What was sent is about to be sent again. Returns the position to give up, if it is time. */
    missed(mark: number): number | undefined {
      if (head !== mark + 1 || !heard) return undefined
      count++
      heard = false
      return count >= limit ? head : undefined
    },
  }
}

/**
 * Counts connections that the broker ended on an event that was sent alone: one it will never take, too large or
 * forbidden. Until two connections in a row ended without progress, nothing is suspected.
 */
export function refusals(limit = LIMIT) {
  let fruitless = 0
  const ended = new Map<number, number>()

  return {
    /** A connection ended. `oldest` is what was in flight. */
    closed(oldest: number | undefined, { progress, probing }: { progress: boolean; probing: boolean }) {
      if (oldest === undefined || (progress && !probing)) {
        fruitless = 0
        return { probe: false }
      }
      if (!probing) {
        fruitless++
        return { probe: fruitless >= 2 }
      }
      const times = (ended.get(oldest) ?? 0) + 1
      ended.clear()
      ended.set(oldest, times)
      return times >= limit ? { probe: true, giveUp: oldest } : { probe: true }
    },
  }
}
