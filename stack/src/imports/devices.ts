import { OpsError } from '@waytrace/standard'
import type { Enrolment, Identities } from '@waytrace/store'
import { z } from 'zod'
import { checkRow, type Row } from './rows.ts'

const slug = z.string().regex(/^[a-z0-9-]{1,32}$/, 'wants a slug of [a-z0-9-]{1,32}')
const row = z.strictObject({
  site: slug,
  agent: slug,
  slug,
  kind: slug,
  urn: z.string().regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'wants a URN'),
})

/** Adds the devices of a CSV file to agents that are enrolled already; nothing is changed when one line is bad. */
export async function importDevices(identities: Identities, lines: readonly Row[]): Promise<number> {
  const changed = new Map<string, Enrolment>()
  for (const line of lines) {
    const { site, agent, slug, kind, urn } = checkRow(row, line)
    const key = `${site}/${agent}`
    const known = changed.get(key) ?? identities.find(site, agent)
    if (known === undefined)
      throw new OpsError(
        'NOT_FOUND',
        `line ${line.line}: ${key} is not enrolled; run waytrace enroll ${agent} --site ${site}`,
      )
    changed.set(key, { ...known, devices: { ...known.devices, [slug]: { urn, kind } } })
  }
  for (const { passwordHash: _, revokedAt: __, ...enrolment } of changed.values()) await identities.enrol(enrolment)
  return lines.length
}
