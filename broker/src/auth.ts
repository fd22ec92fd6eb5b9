import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { OpsError } from '@waytrace/standard'
import type { Enrolment } from '@waytrace/store'
import type { BrokerPorts, Session } from './ports.ts'

/** What is known of a connection before it signs in. */
export interface Peer {
  remote: string
  loopback: boolean
  /** SHA-256 fingerprint of the client certificate whose key the TLS handshake proved. */
  fingerprint?: string
}

export interface AuthOptions {
  centrePassword?: string | undefined
  allowAnonymousLoopback: boolean
  /** Passwords checked at once. */
  authentications: number
}

/** Strangers may make this many password checks wait; further ones are told to come back. */
const MAX_WAITING = 500

/** Signs connections in. Throws `OpsError('CREDENTIAL_REJECTED')`, or `BROKER_BUSY` when too many wait. */
export function authenticator(identities: BrokerPorts['identities'], options: AuthOptions) {
  const gate = turnstile(options.authentications)
  /** Proof of an earlier success, so that a thousand agents that reconnect do not cost a minute of scrypt. */
  const proofs = new Map<string, { proof: Buffer; passwordHash: string | undefined }>()
  const key = randomBytes(32)

  async function byPassword(username: string, password: string): Promise<Enrolment | undefined> {
    const proof = createHmac('sha256', key).update(`${username}\n${password}`).digest()
    const known = proofs.get(username)
    if (known !== undefined && timingSafeEqual(known.proof, proof)) {
      const now = lookUp(username)
      if (now !== undefined && now.passwordHash === known.passwordHash) return now
    }
    const enrolment = await gate(() => identities.authenticate(username, password))
    if (enrolment === undefined || enrolment.revokedAt !== undefined) return undefined
    proofs.set(username, { proof, passwordHash: enrolment.passwordHash })
    return enrolment
  }

  function lookUp(username: string): Enrolment | undefined {
    const [site = '', agent = ''] = username.split('/')
    const enrolment = identities.find(site, agent)
    return enrolment?.revokedAt === undefined ? enrolment : undefined
  }

  return {
    async signIn(peer: Peer, username: string | undefined, password: Buffer | undefined): Promise<Session> {
      const certified = peer.fingerprint === undefined ? undefined : identities.byCertificate(peer.fingerprint)
      if (certified !== undefined && certified.revokedAt === undefined) {
        const session = sessionOf(certified, peer)
        if (username === undefined || username === session.username) return session
        throw new OpsError('CREDENTIAL_REJECTED', `the certificate of ${session.username} came with another user name`)
      }
      if (username === undefined) {
        if (options.allowAnonymousLoopback && peer.loopback)
          return { kind: 'viewer', username: 'anonymous', site: '', agent: '', remote: peer.remote }
        throw new OpsError('CREDENTIAL_REJECTED', 'no user name was given')
      }
      const secret = password?.toString('utf8') ?? ''
      if (username === '$centre') {
        if (options.centrePassword === undefined || !sameText(secret, options.centrePassword))
          throw new OpsError('CREDENTIAL_REJECTED', 'wrong password of $centre')
        return { kind: 'centre', username, site: '', agent: '', remote: peer.remote }
      }
      const enrolment = await byPassword(username, secret)
      if (enrolment === undefined) throw new OpsError('CREDENTIAL_REJECTED', 'unknown user, wrong password or revoked')
      return sessionOf(enrolment, peer)
    },
    /** Whether the credential a session rests on still stands. */
    stands({ enrolment }: Session): boolean {
      if (enrolment === undefined) return true
      const now = identities.find(enrolment.site, enrolment.agent)
      return (
        now !== undefined &&
        now.revokedAt === undefined &&
        now.passwordHash === enrolment.passwordHash &&
        now.certificate === enrolment.certificate
      )
    },
  }
}

function sessionOf(enrolment: Enrolment, { remote }: Peer): Session {
  const { site, agent, kind } = enrolment
  // A centre enrolment watches; only $centre, whose secret never leaves the installation, sends down.
  return { kind: kind === 'centre' ? 'viewer' : kind, username: `${site}/${agent}`, site, agent, remote, enrolment }
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** Lets `width` tasks run at once and the rest wait in order. */
function turnstile(width: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (running >= width) {
      if (waiting.length >= MAX_WAITING) throw new OpsError('BROKER_BUSY', 'too many sign-ins wait')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
