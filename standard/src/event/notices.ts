import { OpsError } from './errors.ts'
import { isSlug, ROOT, requireSlugs } from './topic-slugs.ts'

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
