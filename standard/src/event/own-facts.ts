import { z } from 'zod'
import { deviceSettings } from './device-settings.ts'
import { isoTime, sequenceNumber } from './primitives.ts'

const uri = z.string().min(1)
const time = isoTime
const count = z.int().nonnegative()

/** Where and since when something is wrong: one active alarm per entity and kind. */
const alarm = z.looseObject({
  alarmId: z.string(),
  kind: z.string(),
  entity: uri,
  state: z.enum(['raised', 'updated', 'cleared', 'acknowledged']),
  since: time,
  severity: z.enum(['info', 'warning', 'error', 'fatal']),
  message: z.string(),
  /** How often it came back within the hour before. */
  repeats: count.optional(),
  /** GSRN or pseudonym of who took it on, what was said, and until when that holds. */
  acknowledgedBy: z.string().optional(),
  note: z.string().optional(),
  acknowledgedUntil: time.optional(),
  /** The numbers it rests on: limit, value, devices, marks of doubt. */
  details: z.record(z.string(), z.unknown()).optional(),
})

/** One cause that explains several alarms. */
const incident = z.looseObject({
  incidentId: z.string(),
  state: z.enum(['opened', 'updated', 'acknowledged', 'resolved']),
  since: time,
  cause: z.record(z.string(), z.string()),
  members: z.array(uri),
})

/** A routing decision for an order. */
const decision = z.looseObject({
  decisionId: z.string(),
  order: uri,
  from: z.string(),
  to: z.string(),
  why: z.string(),
})

const approval = z.looseObject({
  approvalId: z.string(),
  subject: z.string(),
  state: z.enum(['asked', 'approved', 'rejected', 'expired']),
  by: z.string().optional(),
})

const command = z.looseObject({
  commandId: z.string(),
  device: uri,
  verb: z.string(),
  state: z.enum(['sent', 'answered', 'expired']),
  answer: z.unknown().optional(),
  /** Of `sent`: when it is no longer wanted, and what the device needs to carry it out. */
  expiresAt: time.optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
})

/** The settings of a device from now on: they replace those before. Versions grow. */
const config = z.looseObject({
  device: uri,
  version: z.int().positive(),
  settings: deviceSettings,
})

const complianceCase = z.looseObject({ caseId: z.string(), state: z.string() })

/** An agent's or a part's own state, each minute. */
const health = z.looseObject({
  state: z.enum(['ok', 'degraded']),
  bootid: z.string().optional(),
  /** Why degraded, in words that say what to do next. */
  reasons: z.array(z.string()).optional(),
  spoolDepth: count.optional(),
  spoolBytes: count.optional(),
  dropped: count.optional(),
  deadLettered: count.optional(),
  clockOffsetMs: z.number().optional(),
  cpuPercent: z.number().optional(),
  memoryBytes: count.optional(),
})

/** A range of a spool that will never come: what was dropped by policy, or a clock that jumped. */
const gap = z.looseObject({
  reason: z.enum(['spool-full', 'clock-jump', 'consumer-behind', 'spool-lost', 'undeliverable']),
  spool: z.string().optional(),
  fromSequence: sequenceNumber.optional(),
  toSequence: sequenceNumber.optional(),
  count: count.optional(),
  /** Of a clock jump: the clock before and after, as the agent read it. */
  clockBefore: time.optional(),
  clockAfter: time.optional(),
})

/** Who did what at the centre, and with what result. */
const audit = z.looseObject({
  actor: z.string(),
  action: z.string(),
  target: z.string().optional(),
  result: z.enum(['done', 'refused', 'failed']),
  detail: z.record(z.string(), z.unknown()).optional(),
})

/** The bodies of what Waytrace itself concludes or does: own schemas, left out of EPCIS export. */
export const ownFactBodies = {
  alarm,
  incident,
  decision,
  approval,
  command,
  config,
  case: complianceCase,
  health,
  gap,
  audit,
}
