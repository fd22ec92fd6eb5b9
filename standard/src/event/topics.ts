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

/** What the centre tells whoever listens: server only. */
export type Notice =
  | { what: 'dead-letter'; site: string; reason: string }
  | { what: 'alert'; site: string; severity: string }
  | { what: 'route'; site: string; decision: string }

const NOTICES = {
  'dead-letter': { level: '_dlq', key: 'reason' },
  alert: { level: '_alert', key: 'severity' },
  route: { level: '_route', key: 'decision' },
} as const
/** The last level of a notice may hold a UUID. */
const NOTICE_KEY = /^[a-z0-9-]{1,64}$/

/** `wt/v1/_dlq/{site}/{reason}` and its like. Throws `OpsError('TOPIC_FORBIDDEN')` when a part is not a slug. */
export function formatNotice(notice: Notice): string {
  requireSlugs(notice.site)
  const last =
    notice.what === 'dead-letter' ? notice.reason : notice.what === 'alert' ? notice.severity : notice.decision
  if (!NOTICE_KEY.test(last)) throw new OpsError('TOPIC_FORBIDDEN', `"${last}" is not a slug of [a-z0-9-]{1,64}`)
  return `${ROOT}/${NOTICES[notice.what].level}/${notice.site}/${last}`
}

/** The inverse of `formatNotice`; undefined for anything else. */
export function parseNotice(text: string): Notice | undefined {
  const [root, version, level, site, last, ...more] = text.split('/')
  if (`${root}/${version}` !== ROOT || more.length > 0 || !isSlug(site)) return undefined
  if (last === undefined || !NOTICE_KEY.test(last)) return undefined
  if (level === NOTICES['dead-letter'].level) return { what: 'dead-letter', site, reason: last }
  if (level === NOTICES.alert.level) return { what: 'alert', site, severity: last }
  if (level === NOTICES.route.level) return { what: 'route', site, decision: last }
  return undefined
}

/** What an agent's mqtt-bridge link subscribes to for one third-party gateway of its site. */
export function gatewayFilter(site: string, gateway: string): string {
  requireSlugs(site, gateway)
  return `${gatewayPrefix(site, gateway)}#`
}

/** What a gateway's credential may publish: below its prefix, any levels the gateway's maker chose, no wildcards. */
export function gatewayMayPublish(site: string, gateway: string, topic: string): boolean {
  const prefix = gatewayPrefix(site, gateway)
  return (
    isSlug(site) && isSlug(gateway) && topic.startsWith(prefix) && topic.length > prefix.length && isTopicName(topic)
  )
}

/** The site and gateway a `gw/...` topic belongs to, and the levels behind them. */
export function parseGatewayTopic(topic: string): { site: string; gateway: string; rest: string } | undefined {
  const [root, site, gateway, ...rest] = topic.split('/')
  if (root !== 'gw' || !isSlug(site) || !isSlug(gateway) || rest.length === 0 || !isTopicName(topic)) return undefined
  return { site, gateway, rest: rest.join('/') }
}

/** A name to publish on: no wildcards, no NUL, not the broker's own `$...` (MQTT 3.1.1, 4.7). */
export function isTopicName(text: string): boolean {
  return text !== '' && !/[+#\0]/.test(text) && !text.startsWith('$')
}

/** Whether an agent's credential may subscribe: its own filters, or something narrower. */
export function agentMaySubscribe(address: AgentAddress, filter: string): boolean {
  return agentSubscriptions(address).some((allowed) => coversFilter(allowed, filter))
}

/** Whether every topic that `asked` matches is matched by `allowed` too. */
export function coversFilter(allowed: string, asked: string): boolean {
  if (asked.startsWith('$') !== allowed.startsWith('$')) return false
  const may = allowed.split('/')
  const want = asked.split('/')
  for (const [i, part] of may.entries()) {
    if (part === '#') return true
    const level = want[i]
    if (level === undefined || level === '#' || (part !== '+' && part !== level)) return false
  }
  return want.length === may.length
}

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

function requireSlugs(...texts: readonly string[]): void {
  for (const text of texts)
    if (!SLUG.test(text)) throw new OpsError('TOPIC_FORBIDDEN', `"${text}" is not a slug of [a-z0-9-]{1,32}`)
}

function isSlug(text: string | undefined): text is string {
  return text !== undefined && SLUG.test(text)
}

function isStream(text: string | undefined): text is Stream {
  return (STREAMS as readonly (string | undefined)[]).includes(text)
}
