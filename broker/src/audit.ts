import { eventId, uuidv7, type WaytraceEvent } from '@waytrace/standard'
import { encodeRawRecord } from '@waytrace/standard/journal'
import type { BrokerCounters } from './counters.ts'
import type { BrokerPorts } from './ports.ts'
import { sampler } from './sampler.ts'

/** Who did what to the broker, with what result. */
export interface AuditFact {
  actor: string
  action: 'mqtt.connect' | 'mqtt.disconnect' | 'mqtt.publish' | 'mqtt.subscribe'
  result: 'done' | 'refused' | 'failed'
  detail: Record<string, unknown>
}

/** A stranger who knocks a thousand times a second gets one entry a minute with the count. */
const WINDOW_MS = 60_000
/** While the journal is full, at most this many audit facts wait; the rest are counted. */
const MAX_PENDING = 1000

/** Appends audit facts to the raw journal as records of the centre; they reach the log like every event. */
export function auditTrail(
  { journal, clock, log }: Pick<BrokerPorts, 'journal' | 'clock' | 'log'>,
  deployment: string,
  counters: BrokerCounters,
) {
  const spool = uuidv7(clock.now())
  const pending = new Set<Promise<unknown>>()
  let sequence = 0

  function append({ actor, action, result, detail }: AuditFact, count: number): void {
    if (pending.size >= MAX_PENDING) {
      counters.auditsDropped += count
      return
    }
    const now = clock.now()
    const time = new Date(now).toISOString()
    const event: WaytraceEvent = {
      specversion: '1.0',
      id: eventId(now),
      source: `urn:waytrace:${deployment}:broker`,
      type: 'waytrace.audit.v1',
      time,
      tzoffset: '+00:00',
      recordedtime: time,
      spool,
      sequence: String(++sequence).padStart(20, '0'),
      data: { actor, action, target: 'broker', result, detail: { ...detail, count } },
    }
    const record = {
      receivedAt: now,
      origin: { kind: 'centre' as const, name: 'broker' },
      topic: 'centre/broker',
      payload: Buffer.from(JSON.stringify(event)),
    }
    const written = journal
      .append(encodeRawRecord(record))
      .catch((err: unknown) => log.error({ err, action }, 'an audit fact was not written'))
      .finally(() => pending.delete(written))
    pending.add(written)
  }

  const facts = sampler<AuditFact>(clock, WINDOW_MS, append)
  return {
    note(fact: AuditFact): void {
      facts.note(`${fact.action} ${fact.result} ${fact.actor}`, fact)
    },
    /** Writes what is still counted and waits for the disk. */
    async stop(): Promise<void> {
      facts.stop()
      await Promise.all(pending)
    },
  }
}
