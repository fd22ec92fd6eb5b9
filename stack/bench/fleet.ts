import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gs1Uri } from '@waytrace/standard'
import { openKnowledge } from '@waytrace/store'
import { folders } from '../src/data-folder.ts'
import type { Sender } from './load/plan.ts'

const SITE = 'bench'

/** The agents of the benchmark. */
export function fleet(count: number): Sender[] {
  return Array.from({ length: count }, (_, n) => {
    const asset = (name: string) => gs1Uri('8004', `9521234${name}${n}`)
    return {
      site: SITE,
      agent: `edge-${n}`,
      password: `bench-password-${n}`,
      source: asset('EDGE'),
      probe: asset('TAG'),
      scanner: asset('SCAN'),
    }
  })
}

/** A new data folder in which the agents are enrolled. Enrolling costs a key derivation each, so it is done once. */
export async function enrolledFolder(work: string, name: string, senders: readonly Sender[]): Promise<string> {
  const template = join(work, `enrolled-${senders.length}`)
  if (!existsSync(template)) {
    const { identities, close } = await openKnowledge(template)
    for (const { site, agent, password, source, probe, scanner } of senders) {
      const devices = { 'tag-1': { urn: probe, kind: 'sensor' }, 'scan-1': { urn: scanner, kind: 'scanner' } }
      await identities.enrol({ site, agent, kind: 'agent', sourceUrn: source, devices, password })
    }
    await close()
  }
  const data = join(work, name)
  mkdirSync(data, { recursive: true })
  cpSync(template, folders(data).store, { recursive: true })
  return data
}
