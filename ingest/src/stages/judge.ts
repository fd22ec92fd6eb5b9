import { OpsError, type WaytraceEvent } from '@waytrace/standard'
import type { RawRecord } from '@waytrace/standard/journal'
import { answerFact } from './answer.ts'
import { decode } from './decode.ts'
import { type EnrolmentCache, refuseIdentity, type Sender, senderOf } from './identity.ts'
import type { Place, Refused } from './judged.ts'
import type { Statuses } from './status.ts'

/** What became of one raw record. */
export interface Judgement {
  sender?: Sender
  /** `json` is absent for facts that ingest states itself. */
  events: { event: WaytraceEvent; json?: Uint8Array }[]
  refused: (Refused & { place?: Place })[]
  /** The agent announced itself. */
  birth: boolean
}

export interface JudgePorts {
  enrolments: EnrolmentCache
  statuses: Pick<Statuses, 'read'>
  /** Spool of ingest's own facts. */
  spool: string
}

/** Decode and identity for one raw record, whatever it holds. Never throws `reject` errors: they are refusals. */
export function judge(record: RawRecord, ports: JudgePorts): Judgement {
  const judgement: Judgement = { events: [], refused: [], birth: false }
  try {
    judgement.sender = senderOf(record.topic, record.origin, record.receivedAt, ports.enrolments)
    take(record, judgement.sender, judgement, ports)
  } catch (error) {
    if (!(error instanceof OpsError) || error.disposition !== 'reject') throw error
    judgement.refused.push({ error, payload: record.payload })
  }
  return judgement
}

function take(record: RawRecord, sender: Sender, judgement: Judgement, ports: JudgePorts): void {
  if (sender.kind === 'agent' && sender.topic.what === 'status') {
    const news = ports.statuses.read(record, sender.topic, sender.enrolment)
    if (news === undefined) return
    judgement.events.push({ event: news.event })
    judgement.birth = news.birth
    return
  }
  if (sender.kind === 'agent' && sender.topic.what === 'answer') {
    judgement.events.push({ event: answerFact(record, sender.topic, sender.enrolment, ports.spool) })
    return
  }
  const batch = sender.kind === 'centre' || sender.topic.what === 'batch'
  for (const decoded of decode(record.payload, batch)) {
    if (!decoded.ok) {
      judgement.refused.push(decoded)
      continue
    }
    const { event, json } = decoded
    const error = refuseIdentity(event, sender, ports.enrolments)
    if (error === undefined) judgement.events.push({ event, json })
    else
      judgement.refused.push({
        error,
        payload: json,
        place: { spool: event.spool, sequence: Number(event.sequence) },
      })
  }
}
