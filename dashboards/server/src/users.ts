import { createHash, randomBytes } from 'node:crypto'
import { OpsError } from '@waytrace/standard'
import { requireLmdbFile } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import { hashPassword, newPassword, type Role, verifyPassword } from '@waytrace/store'
import { open } from 'lmdb'
import type { Principal } from './access.ts'

export interface User {
  name: string
  role: Role
  passwordHash: string
  createdAt: number
}

interface Session {
  name: string
  csrf: string
  expiresAt: number
}

interface Token {
  id: string
  name: string
  role: Role
  createdAt: number
  expiresAt?: number
}

interface Attempts {
  failed: number
  lockedUntil: number
}

const SESSION_MS = 12 * 3_600_000
const TRIES = 5
const LOCK_MS = 15 * 60_000

/** People, their sessions and their API tokens, in one LMDB folder. Only hashes of secrets are kept. */
export interface Users {
  list(): Omit<User, 'passwordHash'>[]
  /** Adds or changes a user; without a password, a new one is made. Returns the password. */
  save(name: string, role: Role, password?: string): Promise<string>
  remove(name: string): Promise<void>
  /** Throws `OpsError`: CREDENTIAL_REJECTED, or RATE_EXCEEDED while the name is locked after five wrong tries. */
  signIn(name: string, password: string): Promise<{ cookie: string; principal: Principal }>
  signOut(cookie: string): Promise<void>
  bySession(cookie: string): Principal | undefined
  createToken(name: string, role: Role, expiresAt?: number): Promise<{ id: string; token: string }>
  tokens(): Token[]
  revokeToken(id: string): Promise<void>
  byToken(token: string): Principal | undefined
  close(): Promise<void>
}

export function openUsers(path: string, clock: Clock): Users {
  requireLmdbFile(path)
  const env = open({ path, maxDbs: 4 })
  const users = env.openDB<User, string>({ name: 'users' })
  const sessions = env.openDB<Session, string>({ name: 'sessions' })
  const tokens = env.openDB<Token, string>({ name: 'tokens' })
  const attempts = new Map<string, Attempts>()

  const saved = async (write: Promise<unknown>) => {
    await write
    await env.flushed
  }

  function refuseLocked(name: string) {
    const until = attempts.get(name)?.lockedUntil ?? 0
    if (until > clock.now())
      throw new OpsError(
        'RATE_EXCEEDED',
        `too many wrong passwords; try again in ${Math.ceil((until - clock.now()) / 60_000)} min`,
      )
  }

  function countFailure(name: string) {
    const failed = (attempts.get(name)?.failed ?? 0) + 1
    attempts.set(name, { failed, lockedUntil: failed >= TRIES ? clock.now() + LOCK_MS : 0 })
    // The map is bounded: names are free text from outside.
    if (attempts.size > 10_000) attempts.delete(attempts.keys().next().value ?? name)
  }

  return {
    list: () => [...users.getRange()].map(({ value: { passwordHash: _, ...user } }) => user),
    async save(name, role, password = newPassword()) {
      const createdAt = users.get(name)?.createdAt ?? clock.now()
      await saved(users.put(name, { name, role, passwordHash: await hashPassword(password), createdAt }))
      await endSessions(name)
      return password
    },
    async remove(name) {
      if (users.get(name) === undefined) throw new OpsError('NOT_FOUND', `no user ${name}`)
      await saved(users.remove(name))
      await endSessions(name)
    },
    async signIn(name, password) {
      refuseLocked(name)
      const user = users.get(name)
      if (!(await verifyPassword(password, user?.passwordHash)) || user === undefined) {
        countFailure(name)
        throw new OpsError('CREDENTIAL_REJECTED', 'name or password is wrong')
      }
      attempts.delete(name)
      const cookie = randomBytes(32).toString('base64url')
      const csrf = randomBytes(18).toString('base64url')
      await saved(sessions.put(digest(cookie), { name, csrf, expiresAt: clock.now() + SESSION_MS }))
      return { cookie, principal: { name, role: user.role, by: 'session', csrf } }
    },
    async signOut(cookie) {
      await saved(sessions.remove(digest(cookie)))
    },
    bySession(cookie) {
      const session = sessions.get(digest(cookie))
      const user = session && session.expiresAt > clock.now() ? users.get(session.name) : undefined
      return session && user ? { name: user.name, role: user.role, by: 'session', csrf: session.csrf } : undefined
    },
    async createToken(name, role, expiresAt) {
      const token = `wt_${randomBytes(32).toString('base64url')}`
      const id = digest(token).slice(0, 12)
      const entry = { id, name, role, createdAt: clock.now(), ...(expiresAt === undefined ? {} : { expiresAt }) }
      await saved(tokens.put(digest(token), entry))
      return { id, token }
    },
    tokens: () => [...tokens.getRange()].map(({ value }) => value),
    async revokeToken(id) {
      const found = [...tokens.getRange()].find(({ value }) => value.id === id)
      if (found === undefined) throw new OpsError('NOT_FOUND', `no token ${id}`)
      await saved(tokens.remove(found.key))
    },
    byToken(token) {
      const entry = tokens.get(digest(token))
      if (entry === undefined || (entry.expiresAt !== undefined && entry.expiresAt <= clock.now())) return undefined
      return { name: entry.name, role: entry.role, by: 'token' }
    },
    close: () => env.close(),
  }

  async function endSessions(name: string) {
    for (const { key, value } of [...sessions.getRange()]) if (value.name === name) await saved(sessions.remove(key))
  }
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
