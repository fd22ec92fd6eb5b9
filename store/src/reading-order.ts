import { eventMs } from './event-facts.ts'
import type { AcceptedEvent, ReadingPoint, ReadingQuery } from './ports.ts'

/** Order of a timeline: event time, then number. */
export function byEventTime(a: AcceptedEvent, b: AcceptedEvent): number {
  return eventMs(a) - eventMs(b) || a.position - b.position
}

/** Order of a series: time, then number, then type and channel, so that every store gives the same list. */
export function bySeriesTime(a: ReadingPoint, b: ReadingPoint): number {
  return a.at - b.at || a.position - b.position || compare(a.type, b.type) || compare(a.channel, b.channel)
}

export function answersQuery(point: ReadingPoint, { type, channel, from, to }: ReadingQuery): boolean {
  return (
    point.at >= from &&
    point.at <= to &&
    (type === undefined || point.type === type) &&
    (channel === undefined || point.channel === channel)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
