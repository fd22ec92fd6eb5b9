import type { Identities } from '../ports.ts'

/** Where an enrolled device is reached. */
export interface EnrolledDevice {
  urn: string
  site: string
  agent: string
  kind: string
  /** Its slug. */
  device: string
}

/** The agent behind a device's URN, if one that stands has it enrolled. Gateways cannot be spoken to. */
export function findDevice(identities: Pick<Identities, 'list'>, urn: string): EnrolledDevice | undefined {
  for (const { site, agent, kind: sender, revokedAt, devices } of identities.list()) {
    if (sender !== 'agent' || revokedAt !== undefined) continue
    for (const [device, { urn: own, kind }] of Object.entries(devices))
      if (own === urn) return { urn, site, agent, kind, device }
  }
  return undefined
}
