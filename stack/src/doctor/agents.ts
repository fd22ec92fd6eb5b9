import type { DeviceView } from '@waytrace/store'
import { act, type Finding, note, ok, type Patient } from './finding.ts'
import { spanText } from './words.ts'

const SILENT_MS = 5 * 60_000

/** Enrolled agents that have not been heard of lately. */
export function agents({ data, clock }: Patient): Finding[] {
  if (data === undefined) return [note('agents', 'none enrolled yet', 'waytrace enroll AGENT --site SITE')]
  const { identities } = data.knowledge
  const enrolled = identities.list().filter(({ kind, revokedAt }) => kind === 'agent' && revokedAt === undefined)
  if (enrolled.length === 0) return [note('agents', 'none enrolled yet', 'waytrace enroll AGENT --site SITE')]
  const heard = lastHeard(data.knowledge.devices)
  const now = clock.now()
  const silent = enrolled.flatMap(({ site, agent }): Finding[] => {
    const name = `${site}/${agent}`
    const at = heard.get(name)
    if (at === undefined) return [note(`agent ${name}`, 'never heard of', 'start it with its agent.yaml and password')]
    if (now - at <= SILENT_MS) return []
    const found = `silent for ${spanText(now - at)}`
    if (data.users.length === 0) return [note(`agent ${name}`, `${found}; the centre is not running`)]
    return [act(`agent ${name}`, found, 'see that it runs and reaches the broker; it keeps its events meanwhile')]
  })
  const well = enrolled.length - silent.length
  return [...(well === 0 ? [] : [ok('agents', `${well} of ${enrolled.length} heard of in the last 5 min`)]), ...silent]
}

/** By `site/agent`: when anything of it was received last. */
function lastHeard(devices: {
  list(query: { after?: string | undefined; limit: number }): { items: DeviceView[]; next?: string }
}) {
  const heard = new Map<string, number>()
  let after: string | undefined
  do {
    const page = devices.list({ limit: 500, after })
    for (const { site, agent, lastReceivedAt } of page.items) {
      const name = `${site}/${agent}`
      if (lastReceivedAt !== undefined) heard.set(name, Math.max(lastReceivedAt, heard.get(name) ?? 0))
    }
    after = page.next
  } while (after !== undefined)
  return heard
}
