import {
  agentMayPublish,
  agentMaySubscribe,
  coversFilter,
  gatewayFilter,
  gatewayMayPublish,
  OpsError,
  parseNotice,
  parseTopic,
} from '@waytrace/standard'
import type { Session } from './ports.ts'

export interface TopicLimits {
  topicBytes: number
  topicLevels: number
}

/** What a watcher may listen to. */
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
      return agentMaySubscribe(session, filter) || coversFilter(`gw/${session.site}/+/#`, filter)
    case 'gateway':
      return coversFilter(gatewayFilter(session.site, session.agent), filter)
    case 'centre':
    case 'viewer':
      return MONITORED.some((root) => filter.startsWith(root))
  }
}

function mayPublish(session: Session, topic: string): boolean {
  switch (session.kind) {
    case 'agent':
      return agentMayPublish(session, topic)
    case 'gateway':
      return gatewayMayPublish(session.site, session.agent, topic)
    case 'centre': {
      const what = parseTopic(topic)?.what
      return what === 'ack' || what === 'config' || what === 'command' || parseNotice(topic) !== undefined
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
