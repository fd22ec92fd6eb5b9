import { devicesOf, namesOrder, orderUris, readingPoints } from '../event-facts.ts'
import type { AcceptedEvent, EventStore } from '../ports.ts'
import { answersQuery, byEventTime, bySeriesTime } from '../reading-order.ts'

/** The reference store: everything in memory, nothing clever. Scenarios and contract tests compare with it. */
export function memoryStore(): EventStore {
  const kept = new Map<number, AcceptedEvent>()
  const inOrder = () => [...kept.values()].sort((a, b) => a.position - b.position)
  return {
    async write(batch) {
      for (const { position, receivedAt, site, agent, event } of batch)
        if (!kept.has(position)) kept.set(position, structuredClone({ position, receivedAt, site, agent, event }))
      return { accepted: batch.length, rejected: [] }
    },
    async eventsOfOrder(order, limit = Number.POSITIVE_INFINITY) {
      const found = inOrder().filter(({ event }) => orderUris(event).some((uri) => namesOrder(uri, order)))
      return structuredClone(found.sort(byEventTime).slice(0, limit))
    },
    async events({ after, limit, device }) {
      const from = after === undefined ? 0 : Number(after)
      const found = inOrder().filter(
        ({ position, event }) => position > from && (device === undefined || devicesOf(event).includes(device)),
      )
      const items = structuredClone(found.slice(0, limit))
      const last = items.at(-1)
      return found.length > limit && last !== undefined ? { items, next: String(last.position) } : { items }
    },
    async readings(query) {
      const points = inOrder().flatMap(readingPoints)
      const found = points.filter((point) => point.device === query.device && answersQuery(point, query))
      return found.sort(bySeriesTime).slice(0, query.limit)
    },
    async count() {
      return kept.size
    },
    async close() {},
  }
}
