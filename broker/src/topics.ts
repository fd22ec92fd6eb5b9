import { agentMayPublish, agentSubscriptions, gatewayPrefix, OpsError, parseTopic } from '@waytrace/standard'
import type { Session } from './ports.ts'

export interface TopicLimits {
  topicBytes: number
  topicLevels: number
}

/** What ingest's own client may publish: the way back down, and its notices. */
const CENTRE_NOTICE = /^wt\/v1\/(_dlq|_alert|_route)\/[a-z0-9-]{1,32}\/[^/+#]{1,64}$/
const MONITORED = ['wt/', 'gw/']

/** Why this session may not publish here, else undefined. */
export function refusePublish(session: Session, topic: string, limits: TopicLimits): OpsError | undefined {
  // The library's own topics: its guard goes when authorizePublish is replaced, so it stands here.
  if (topic.startsWith('$')) return new OpsError('TOPIC_FORBIDDEN', 'topics that begin with $ belong to the broker')
  const tooLong = refuseShape(topic, limits)
  if (tooLong !== undefined) return tooLong
  if (mayPublish(session, topic)) return undefined
  return new OpsError('TOPIC_FORBIDDEN', `${session.username} may not publish on ${printable(topic)}`)
}

/** Whether this session may subscribe to the filter: an agent to its own commands, config and mark, and gateways of its site. */
export function maySubscribe(session: Session, filter: string, limits: TopicLimits): boolean {
  if (filter.startsWith('$') || refuseShape(filter, limits) !== undefined) return false
  switch (session.kind) {
    case 'agent':
      return (
        agentSubscriptions(session).some((allowed) => covers(allowed, filter)) ||
        covers(`gw/${session.site}/+/#`, filter)
      )
    case 'gateway':
      return covers(`${gatewayPrefix(session.site, session.agent)}#`, filter)
    case 'centre':
    case 'viewer':
      return MONITORED.some((root) => filter.startsWith(root))
  }
}

/** Whether every topic the asked filter matches is matched by the allowed one. */
export function covers(allowed: string, asked: string): boolean {
  const may = allowed.split('/')
  const want = asked.split('/')
  for (const [i, part] of may.entries()) {
    // `a/#` also matches `a` itself (MQTT 3.1.1, 4.7.1.2), but no one of ours publishes there.
    if (part === '#') return want.length > i
    const level = want[i]
    if (level === undefined || level === '#') return false
    if (part !== '+' && part !== level) return false
  }
  return want.length === may.length
}

function mayPublish(session: Session, topic: string): boolean {
  switch (session.kind) {
    case 'agent':
      return agentMayPublish(session, topic)
    case 'gateway':
      return topic.startsWith(gatewayPrefix(session.site, session.agent))
    case 'centre': {
      const what = parseTopic(topic)?.what
      return what === 'ack' || what === 'config' || what === 'command' || CENTRE_NOTICE.test(topic)
    }
    case 'viewer':
      return false
  }
}

function refuseShape(topic: string, { topicBytes, topicLevels }: TopicLimits): OpsError | undefined {
  if (Buffer.byteLength(topic) > topicBytes)
    return new OpsError('TOPIC_FORBIDDEN', `a topic of ${Buffer.byteLength(topic)} bytes; ${topicBytes} are allowed`)
  if (topic.split('/').length > topicLevels)
    return new OpsError('TOPIC_FORBIDDEN', `a topic of more than ${topicLevels} levels`)
  return undefined
}

/** For logs: short and without control characters. */
export function printable(text: string): string {
  const plain = text.replace(/\p{C}/gu, '?')
  return plain.length > 120 ? `${plain.slice(0, 120)}...` : plain
}
