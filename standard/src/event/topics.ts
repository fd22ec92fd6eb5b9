import { OpsError } from './errors.ts'

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

const SLUG = /^[a-z0-9-]{1,32}$/
const ROOT = 'wt/v1'
const SELF = { kind: 'agent', device: 'self' } as const

/** The prefix below which one credential may write. Ends with a slash. */
export function agentPrefix({ site, agent }: AgentAddress): string {
  return `${ROOT}/${site}/${agent}/`
}

/** The prefix of a third-party gateway (credential kind `gateway`). Ends with a slash. */
export function gatewayPrefix(site: string, gateway: string): string {
  return `gw/${site}/${gateway}/`
}

/** The topic as text. Throws `OpsError('TOPIC_FORBIDDEN')` when a part is not a slug. */
export function formatTopic(topic: Topic): string {
  const { kind, device } = 'kind' in topic ? topic : SELF
  for (const slug of [topic.site, topic.agent, kind, device])
    if (!SLUG.test(slug)) throw new OpsError('TOPIC_FORBIDDEN', `"${slug}" is not a slug of [a-z0-9-]{1,32}`)
  const base = `${ROOT}/${topic.site}/${topic.agent}/${kind}/${device}`
  switch (topic.what) {
    case 'event':
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

/** What ingest subscribes to on an external broker. */
export const INGEST_FILTERS = [
  `${ROOT}/+/+/+/+/evt/+`,
  `${ROOT}/+/+/agent/self/batch`,
  `${ROOT}/+/+/+/+/status`,
  `${ROOT}/+/+/+/+/res/+`,
] as const

/** MQTT topic filter matching, `+` and `#` (MQTT 3.1.1, 4.7). */
export function matchesFilter(filter: string, topic: string): boolean {
  if (topic.startsWith('$') !== filter.startsWith('$')) return false
  const want = filter.split('/')
  const have = topic.split('/')
  for (const [i, part] of want.entries()) {
    if (part === '#') return true
    if (i >= have.length || (part !== '+' && part !== have[i])) return false
  }
  return want.length === have.length
}

function isSlug(text: string | undefined): text is string {
  return text !== undefined && SLUG.test(text)
}

function isStream(text: string | undefined): text is Stream {
  return (STREAMS as readonly (string | undefined)[]).includes(text)
}
