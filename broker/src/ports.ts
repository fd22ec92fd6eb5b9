import type { Journal } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { Enrolment, Identities } from '@waytrace/store'

/** The part of a pino logger that the broker uses. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface BrokerPorts {
  /** The raw journal; owned by the caller. A PUBACK follows its flush. */
  journal: Pick<Journal, 'append'>
  identities: Pick<Identities, 'authenticate' | 'byCertificate' | 'find'>
  clock: Clock
  log: Log
}

/** Who stands behind a connection, and what that allows. */
export interface Session {
  /** `agent`: one prefix. `gateway`: its own `gw/` prefix. `viewer`: reads. `centre`: ingest's way down. */
  kind: Enrolment['kind'] | 'viewer'
  /** `site/agent`, `$centre`, or `anonymous`. */
  username: string
  site: string
  agent: string
  remote: string
  /** The credential this rests on; the connection ends when it is revoked or replaced. */
  enrolment?: Enrolment
}
