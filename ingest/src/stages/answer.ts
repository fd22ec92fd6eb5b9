import { OpsError, type Topic, type WaytraceEvent } from '@waytrace/standard'
import type { RawRecord } from '@waytrace/standard/journal'
import type { Enrolment } from '@waytrace/store'
import { deviceOf } from './identity.ts'
import { digest, nameId, ownFact } from './own-fact.ts'
import { readObject } from './status.ts'

/** The command fact of a device's answer. Throws `OpsError('EVENT_INVALID' | 'IDENTITY_MISMATCH')`. */
export function answerFact(
  record: RawRecord,
  topic: Extract<Topic, { what: 'command' | 'answer' }>,
  enrolment: Enrolment,
  spool: string,
): WaytraceEvent {
  const device = deviceOf(enrolment, topic.kind, topic.device)
  if (device === undefined)
    throw new OpsError('IDENTITY_MISMATCH', `device ${topic.kind}/${topic.device} is not enrolled`)
  const { commandId, ...answer } = readObject(record.payload)
  if (typeof commandId !== 'string')
    throw new OpsError('EVENT_INVALID', 'commandId: missing', { issues: [{ path: 'commandId', message: 'missing' }] })
  const draft = {
    id: nameId(record.topic, digest(record.payload)),
    type: 'waytrace.command.v1' as const,
    source: enrolment.sourceUrn,
    deviceid: device,
    data: { commandId, device, verb: topic.verb, state: refusedAsLate(answer) ? 'expired' : 'answered', answer },
  }
  return ownFact(draft, record.receivedAt, spool)
}

/** It reached the agent after its time, and was not carried out. */
function refusedAsLate({ ok, error }: Record<string, unknown>): boolean {
  return ok === false && typeof error === 'object' && error !== null && 'code' in error && error.code === 'EXPIRED'
}
