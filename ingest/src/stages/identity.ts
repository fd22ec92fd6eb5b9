import { isEpcis, OpsError, parseTopic, type Topic, type WaytraceEvent } from '@waytrace/standard'
import type { Origin } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { Enrolment, Identities } from '@waytrace/store'

/** Who sent a message: what its topic says, agreed with the credential it came by. */
export type Sender =
  | { kind: 'centre'; site: 'centre'; agent: string }
  | { kind: 'agent'; site: string; agent: string; topic: Topic; enrolment: Enrolment }

/** Facts an agent may state of itself; conclusions and decisions are the centre's. */
const OWN_FACTS_OF_AGENTS = new Set(['waytrace.health.v1', 'waytrace.gap.v1'])
const CENTRE_SOURCE = 'urn:waytrace:'
const CENTRE_TOPIC = /^centre\/[a-z0-9-]{1,64}$/

/** Enrolments as the stages ask for them: trusted for a while, looked up afresh before anything is refused. */
export function enrolmentCache(identities: Pick<Identities, 'find'>, clock: Clock, ttlMs: number) {
  const known = new Map<string, { enrolment: Enrolment | undefined; at: number }>()
  return {
    find(site: string, agent: string, fresh = false): Enrolment | undefined {
      const key = `${site}/${agent}`
      const now = clock.now()
      const cached = known.get(key)
      // `Math.abs`: a clock that jumped back must not make an entry last for years.
      if (!fresh && cached !== undefined && Math.abs(now - cached.at) < ttlMs) return cached.enrolment
      const enrolment = identities.find(site, agent)
      known.set(key, { enrolment, at: now })
      return enrolment
    },
  }
}

export type EnrolmentCache = ReturnType<typeof enrolmentCache>

/** Who sent this. Throws `OpsError('TOPIC_FORBIDDEN' | 'IDENTITY_MISMATCH')`. */
export function senderOf(topicText: string, origin: Origin, receivedAt: number, enrolments: EnrolmentCache): Sender {
  if (origin.kind === 'centre') {
    if (!CENTRE_TOPIC.test(topicText)) throw new OpsError('TOPIC_FORBIDDEN', `${topicText} is no topic of the centre`)
    return { kind: 'centre', site: 'centre', agent: topicText.slice('centre/'.length) }
  }
  const topic = parseTopic(topicText)
  if (topic === undefined) throw new OpsError('TOPIC_FORBIDDEN', `${topicText} is not a topic of the standard`)
  const { site, agent } = topic
  if (origin.name !== `${site}/${agent}`)
    throw new OpsError('IDENTITY_MISMATCH', `${origin.name} published on the topic of ${site}/${agent}`)
  const stands = (enrolment: Enrolment | undefined): enrolment is Enrolment =>
    enrolment !== undefined && (enrolment.revokedAt === undefined || receivedAt < enrolment.revokedAt)
  const cached = enrolments.find(site, agent)
  const enrolment = stands(cached) ? cached : enrolments.find(site, agent, true)
  if (!stands(enrolment)) throw new OpsError('IDENTITY_MISMATCH', `${site}/${agent} is not enrolled`)
  return { kind: 'agent', site, agent, topic, enrolment }
}

/** Why the event is not its sender's, else undefined. Looks the enrolment up again before it refuses. */
export function refuseIdentity(event: WaytraceEvent, sender: Sender, enrolments: EnrolmentCache): OpsError | undefined {
  if (sender.kind === 'centre')
    return event.source.startsWith(CENTRE_SOURCE)
      ? undefined
      : new OpsError('IDENTITY_MISMATCH', `a fact of the centre has the source ${event.source}`)
  if (mismatch(event, sender, sender.enrolment) === undefined) return undefined
  // A device that was enrolled a second ago must not lose its first events to a cache.
  const fresh = enrolments.find(sender.site, sender.agent, true)
  if (fresh === undefined) return new OpsError('IDENTITY_MISMATCH', `${sender.site}/${sender.agent} is not enrolled`)
  sender.enrolment = fresh
  const problem = mismatch(event, sender, fresh)
  return problem === undefined ? undefined : new OpsError('IDENTITY_MISMATCH', problem)
}

function mismatch(event: WaytraceEvent, { topic }: { topic: Topic }, enrolment: Enrolment): string | undefined {
  if (event.source !== enrolment.sourceUrn)
    return `the source is ${event.source}; ${enrolment.site}/${enrolment.agent} is enrolled as ${enrolment.sourceUrn}`
  if (!isEpcis(event) && !OWN_FACTS_OF_AGENTS.has(event.type)) return `an agent cannot state ${event.type}`
  if (event.imported === true) return 'only the centre imports events'
  if (topic.what === 'batch') return mismatchInBatch(event, enrolment)
  if (topic.what !== 'event') return `events do not come on ${topic.what} topics`
  const device = deviceOf(enrolment, topic.kind, topic.device)
  if (device === undefined) return `device ${topic.kind}/${topic.device} is not enrolled`
  if (event.deviceid === undefined) return isEpcis(event) ? 'deviceid is missing' : undefined
  return event.deviceid === device ? undefined : `deviceid is ${event.deviceid}; the topic's device is ${device}`
}

function mismatchInBatch(event: WaytraceEvent, enrolment: Enrolment): string | undefined {
  if (event.deviceid === undefined) return isEpcis(event) ? 'deviceid is missing' : undefined
  if (event.deviceid === enrolment.sourceUrn) return undefined
  for (const slug in enrolment.devices) if (enrolment.devices[slug]?.urn === event.deviceid) return undefined
  return `device ${event.deviceid} is not enrolled`
}

/** The URN of an enrolled device; the agent itself is `agent/self` whether listed or not. */
export function deviceOf(enrolment: Enrolment, kind: string, slug: string): string | undefined {
  if (kind === 'agent' && slug === 'self') return enrolment.sourceUrn
  const device = Object.hasOwn(enrolment.devices, slug) ? enrolment.devices[slug] : undefined
  return device?.kind === kind ? device.urn : undefined
}
