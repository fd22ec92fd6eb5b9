import { eventId, type WaytraceEvent } from '../event/index.ts'
import type { Clock } from '../process/clock.ts'
import type { Journal } from './journal.ts'
import { encodeRawRecord } from './raw-record.ts'

/** An event as a part at the centre states it: the intake adds what identifies it. */
export type CentreFact = {
  [T in WaytraceEvent['type']]: Omit<
    Extract<WaytraceEvent, { type: T }>,
    'specversion' | 'id' | 'source' | 'tzoffset' | 'recordedtime' | 'sequence' | 'spool' | 'time'
  > &
    Partial<Pick<Extract<WaytraceEvent, { type: T }>, 'id' | 'time' | 'tzoffset'>>
}[WaytraceEvent['type']]

/** The way into the log for facts made at the centre: they pass through ingest like a device's events. */
export interface Intake {
  /** `source` of everything this part states. */
  readonly source: string
  /** Resolves with the event ids when the facts are durable in the raw journal. */
  append(facts: readonly CentreFact[]): Promise<string[]>
  /** Takes the next place in this part's spool, for events that are made elsewhere (an EPCIS import). */
  next(): { spool: string; sequence: string }
  /** Resolves when these events, complete and of this source, are durable in the raw journal. */
  appendEvents(events: readonly WaytraceEvent[]): Promise<void>
}

/**
 * `source` is `urn:waytrace:{deployment}:{part}`. The spool is new with each process, its sequence counts in memory:
 * what was never durable was never promised.
 */
export function centreIntake(journal: Journal, who: { deployment: string; part: string }, clock: Clock): Intake {
  const source = `urn:waytrace:${who.deployment}:${who.part}`
  const spool = eventId(clock.now()).slice(-12)
  let sequence = 0

  const next = () => {
    sequence += 1
    return { spool, sequence: String(sequence).padStart(20, '0') }
  }
  const stamp = (fact: CentreFact): WaytraceEvent => {
    const now = clock.now()
    const recordedtime = new Date(now).toISOString()
    const made = { specversion: '1.0', id: eventId(now), source, time: recordedtime, tzoffset: '+00:00' } as const
    return { ...made, ...fact, recordedtime, ...next() } as WaytraceEvent
  }
  const appendEvents = async (events: readonly WaytraceEvent[]) => {
    const payload = Buffer.from(JSON.stringify(events))
    const origin = { kind: 'centre', name: who.part } as const
    await journal.append(encodeRawRecord({ receivedAt: clock.now(), origin, topic: `centre/${who.part}`, payload }))
  }

  return {
    source,
    next,
    appendEvents,
    async append(facts) {
      const events = facts.map(stamp)
      await appendEvents(events)
      return events.map(({ id }) => id)
    },
  }
}
