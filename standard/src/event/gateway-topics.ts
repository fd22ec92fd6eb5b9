import { isTopicName } from './topic-filters.ts'
import { isSlug, requireSlugs } from './topic-slugs.ts'

/** The prefix of a third-party gateway (credential kind `gateway`). Ends with a slash. */
export function gatewayPrefix(site: string, gateway: string): string {
  return `gw/${site}/${gateway}/`
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
