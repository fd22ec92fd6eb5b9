import { OpsError } from './errors.ts'
import { coversFilter } from './topic-filters.ts'
import { isSlug, ROOT, requireSlugs } from './topic-slugs.ts'

/** Streams of `.../evt/{stream}`: what kind of traffic, not which event family. */
export const STREAMS = ['scan', 'reading', 'position', 'fault', 'order', 'custody', 'health'] as const
export type Stream = (typeof STREAMS)[number]

/** Site and agent: both fixed by the credential. All are slugs `[a-z0-9-]{1,32}`. */
export interface AgentAddress {
  site: string
  agent: string
}
/** One device of an agent; the agent itself is kind `agent`, device `self`. */
export interface DeviceAddress extends AgentAddress {
  kind: string
  device: string
}

export type Topic =
  | ({ what: 'event'; stream: Stream } & DeviceAddress)
  | ({ what: 'status' } & DeviceAddress)
  | ({ what: 'batch' } & AgentAddress)
  | ({ what: 'ack' } & AgentAddress)
  | ({ what: 'config' } & DeviceAddress)
  | ({ what: 'command' | 'answer'; verb: string } & DeviceAddress)

const SELF = { kind: 'agent', device: 'self' } as const

/** The prefix below which one credential may write. Ends with a slash. */
export function agentPrefix({ site, agent }: AgentAddress): string {
  return `${ROOT}/${site}/${agent}/`
}

/** The topic as text. Throws `OpsError('TOPIC_FORBIDDEN')` when a part is not a slug. */
export function formatTopic(topic: Topic): string {
  const { kind, device } = 'kind' in topic ? topic : SELF
  requireSlugs(topic.site, topic.agent, kind, device)
  if ('verb' in topic) requireSlugs(topic.verb)
  const base = `${ROOT}/${topic.site}/${topic.agent}/${kind}/${device}`
  switch (topic.what) {
    case 'event':
      if (!isStream(topic.stream)) throw new OpsError('TOPIC_FORBIDDEN', `"${String(topic.stream)}" is not a stream`)
      return `${base}/evt/${topic.stream}`
    case 'status':
      return `${base}/status`
    case 'batch':
      return `${base}/batch`
    case 'ack':
      return `${base}/ack`
    case 'config':
      return `${base}/cfg`
    case 'command':
      return `${base}/cmd/${topic.verb}`
    case 'answer':
      return `${base}/res/${topic.verb}`
  }
}

/** The inverse of `formatTopic`; undefined for anything else, wildcards included. */
export function parseTopic(text: string): Topic | undefined {
  const parts = text.split('/')
  const [root, version, site, agent, kind, device, action, last, ...more] = parts
  if (`${root}/${version}` !== ROOT || more.length > 0) return undefined
  if (!isSlug(site) || !isSlug(agent) || !isSlug(kind) || !isSlug(device)) return undefined
  const address = { site, agent, kind, device }
  const self = kind === SELF.kind && device === SELF.device
  if (parts.length === 7) {
    if (action === 'status') return { what: 'status', ...address }
    if (action === 'cfg') return { what: 'config', ...address }
    if (self && (action === 'batch' || action === 'ack')) return { what: action, site, agent }
    return undefined
  }
  if (parts.length !== 8) return undefined
  if (action === 'evt' && isStream(last)) return { what: 'event', stream: last, ...address }
  if (action === 'cmd' && isSlug(last)) return { what: 'command', verb: last, ...address }
  if (action === 'res' && isSlug(last)) return { what: 'answer', verb: last, ...address }
  return undefined
}

/** What an agent's credential may publish. */
export function agentMayPublish(address: AgentAddress, topic: string): boolean {
  const parsed = parseTopic(topic)
  if (parsed === undefined || parsed.site !== address.site || parsed.agent !== address.agent) return false
  return ['event', 'status', 'batch', 'answer'].includes(parsed.what)
}

/** The filters an agent subscribes to, which are also all it may subscribe to: commands, config, the mark. */
export function agentSubscriptions(address: AgentAddress): string[] {
  const prefix = agentPrefix(address)
  return [`${prefix}+/+/cmd/+`, `${prefix}+/+/cfg`, `${prefix}agent/self/ack`]
}

/** Whether an agent's credential may subscribe: its own filters, or something narrower. */
export function agentMaySubscribe(address: AgentAddress, filter: string): boolean {
  return agentSubscriptions(address).some((allowed) => coversFilter(allowed, filter))
}

/** What ingest subscribes to on an external broker. */
export const INGEST_FILTERS = [
  `${ROOT}/+/+/+/+/evt/+`,
  `${ROOT}/+/+/agent/self/batch`,
  `${ROOT}/+/+/+/+/status`,
  `${ROOT}/+/+/+/+/res/+`,
] as const

/** The same as MQTT 5 shared subscriptions, so that several ingests divide the traffic of one external broker. */
export function sharedFilters(group = 'ingest'): string[] {
  requireSlugs(group)
  return INGEST_FILTERS.map((filter) => `$share/${group}/${filter}`)
}

function isStream(text: string | undefined): text is Stream {
  return (STREAMS as readonly (string | undefined)[]).includes(text)
}
