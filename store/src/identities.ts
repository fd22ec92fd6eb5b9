import { createHmac, randomBytes } from 'node:crypto'
import type { Database, RootDatabase } from 'lmdb'
import { AGENTS, hashPassword, newPassword, verifyPassword } from './identities/passwords.ts'
import { keyText } from './keys.ts'
import type { LmdbFolder } from './lmdb-folder.ts'
import type { Enrolment, Identities } from './ports.ts'

export interface IdentityTables {
  /** `site/agent` -> enrolment. */
  enrolments: Database<Enrolment, string>
  /** SHA-256 fingerprint of a client certificate -> `site/agent`. */
  certificates: Database<string, string>
}

export function openIdentityTables(root: RootDatabase): IdentityTables {
  return {
    enrolments: root.openDB({ name: 'enrolments', encoding: 'json' }),
    certificates: root.openDB({ name: 'certificates', encoding: 'string' }),
  }
}

/** Verified credentials held in memory: a reconnect storm costs a hash each, not a derivation each. */
const VERIFIED = 10_000

/** Who may send. Passwords are kept as scrypt hashes only; verified ones are remembered in memory by a keyed digest. */
export function identities(folder: LmdbFolder, { enrolments, certificates }: IdentityTables): Identities {
  const secret = randomBytes(32)
  let verified = new Map<string, string>()
  const underway = new Map<string, Promise<boolean>>()
  const read = (username: string) => {
    folder.refresh()
    return enrolments.get(keyText(username))
  }

  /** The same password tried many times at once is derived once. */
  function verify(digest: string, password: string, hash: string | undefined): Promise<boolean> {
    const running =
      underway.get(digest) ?? verifyPassword(password, hash, AGENTS).finally(() => underway.delete(digest))
    underway.set(digest, running)
    return running
  }

  return {
    async enrol({ password, newPassword: wantsNew, ...wanted }) {
      const username = `${wanted.site}/${wanted.agent}`
      const before = read(username)
      const devices = { ...wanted.devices, self: wanted.devices.self ?? { urn: wanted.sourceUrn, kind: 'agent' } }
      const enrolment: Enrolment = { ...wanted, devices }
      const needsOne = before?.passwordHash === undefined && wanted.certificate === undefined
      const made = password ?? (wantsNew === true || needsOne ? newPassword() : undefined)
      const hash = made === undefined ? before?.passwordHash : await hashPassword(made, AGENTS)
      if (hash !== undefined) enrolment.passwordHash = hash
      folder.commit(() => {
        const old = enrolments.get(keyText(username))?.certificate
        if (old !== undefined) void certificates.remove(keyText(old))
        void enrolments.put(keyText(username), enrolment)
        if (enrolment.certificate !== undefined) void certificates.put(keyText(enrolment.certificate), username)
      })
      return made === undefined ? { enrolment } : { enrolment, password: made }
    },
    async authenticate(username, password) {
      const enrolment = read(username)
      const hash = enrolment?.revokedAt === undefined ? enrolment?.passwordHash : undefined
      const digest = createHmac('sha256', secret)
        .update(`${username}\n${password}\n${hash ?? ''}`)
        .digest('base64')
      if (hash !== undefined && verified.get(username) === digest) return enrolment
      if (!(await verify(digest, password, hash))) return undefined
      if (verified.size >= VERIFIED) verified = new Map()
      verified.set(username, digest)
      // It may have been revoked or changed while the derivation ran.
      const now = read(username)
      return now?.revokedAt === undefined && now?.passwordHash === hash ? now : undefined
    },
    byCertificate(fingerprint) {
      folder.refresh()
      const username = certificates.get(keyText(fingerprint))
      const enrolment = username === undefined ? undefined : enrolments.get(keyText(username))
      return enrolment?.revokedAt === undefined ? enrolment : undefined
    },
    find: (site, agent) => read(`${site}/${agent}`),
    list() {
      folder.refresh()
      return [...enrolments.getRange()].map(({ value }) => value)
    },
    async revoke(site, agent, at) {
      folder.commit(() => {
        const key = keyText(`${site}/${agent}`)
        const enrolment = enrolments.get(key)
        if (enrolment !== undefined) void enrolments.put(key, { ...enrolment, revokedAt: at })
      })
      verified.delete(`${site}/${agent}`)
    },
  }
}
