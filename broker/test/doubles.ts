import { decodeRawRecord, type RawRecord } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import type { Enrolment, Identities } from '@waytrace/store'
import type { BrokerPorts, Log } from '../src/ports.ts'

/** Identities kept in a list, with passwords in plain text: for tests only. */
export function listedIdentities(entries: { enrolment: Enrolment; password?: string }[]) {
  const find = (site: string, agent: string) =>
    entries.find(({ enrolment }) => enrolment.site === site && enrolment.agent === agent)
  const identities: Pick<Identities, 'authenticate' | 'byCertificate' | 'find'> = {
    async authenticate(username, password) {
      const [site = '', agent = ''] = username.split('/')
      const known = find(site, agent)
      return known !== undefined && known.password === password ? known.enrolment : undefined
    },
    byCertificate: (fingerprint) => entries.find(({ enrolment }) => enrolment.certificate === fingerprint)?.enrolment,
    find: (site, agent) => find(site, agent)?.enrolment,
  }
  return identities
}

export function agent(name: string, extra: Partial<Enrolment> = {}): Enrolment {
  return {
    site: 'wh1',
    agent: name,
    kind: 'agent',
    sourceUrn: `urn:epc:id:giai:952001.${name}`,
    devices: {},
    passwordHash: `hash-of-${name}`,
    ...extra,
  }
}

/** A journal that is durable when it is told so. */
export function heldJournal() {
  const records: RawRecord[] = []
  const waiting: { resolve: (position: number) => void; reject: (error: Error) => void; position: number }[] = []
  let held = false
  return {
    records,
    /** Messages of agents, without audit facts. */
    messages: () => records.filter(({ origin }) => origin.kind === 'mqtt'),
    hold() {
      held = true
    },
    /** Flushes what waits, and lets what follows through. */
    flush() {
      held = false
      for (const { resolve, position } of waiting.splice(0)) resolve(position)
    },
    fail(error: Error) {
      held = false
      for (const { reject } of waiting.splice(0)) reject(error)
    },
    get waiting() {
      return waiting.length
    },
    append(bytes: Uint8Array): Promise<number> {
      const record = decodeRawRecord(bytes)
      records.push(record)
      const position = records.length
      if (!held || record.origin.kind === 'centre') return Promise.resolve(position)
      return new Promise((resolve, reject) => waiting.push({ resolve, reject, position }))
    },
  }
}

/** Keeps what was logged. */
export function keptLog(): Log & { lines: { level: string; message: string; fields: Record<string, unknown> }[] } {
  const lines: { level: string; message: string; fields: Record<string, unknown> }[] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields: fields as Record<string, unknown> })
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}

export const EDGE1 = agent('edge1')
export const EDGE2 = agent('edge2')
export const GATEWAY = agent('ruuvi1', { kind: 'gateway' })

/** Ports with two agents and a gateway of site wh1, all with password `secret-word`. */
export function ports() {
  const journal = heldJournal()
  const log = keptLog()
  const enrolments = [EDGE1, EDGE2, GATEWAY].map((enrolment) => ({ enrolment, password: 'secret-word' }))
  const identities = listedIdentities(enrolments)
  return { journal, log, identities, clock: systemClock(), enrolments } satisfies BrokerPorts & { enrolments: unknown }
}
