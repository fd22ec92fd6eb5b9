import type { Cursor, Journal } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { EventStore, Identities, Knowledge } from '@waytrace/store'

/** The part of a pino logger that ingest uses. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** How far everything of one spool has been taken: the sender may forget up to here. */
export interface Mark {
  site: string
  agent: string
  spool: string
  /** 20 digits, as in the envelope. */
  sequence: string
}

/** A command on its way to a device. */
export interface Command {
  commandId: string
  site: string
  agent: string
  kind: string
  device: string
  urn: string
  verb: string
  /** ISO 8601; a command is not sent after it. */
  expiresAt: string
  payload: Record<string, unknown>
}

/** The way back down to the agents. Never blocks: what cannot be sent now is sent later, or again. */
export interface Downlink {
  /** The newest mark of an agent; published retained, at most ten times a second. */
  mark(mark: Mark): void
  /** The agent has come (back): its mark, configuration and open commands are sent again. */
  born(site: string, agent: string): void
  send(command: Command): void
}

export interface IngestPorts {
  /** The raw journal. Owned by the caller, like all that follows. */
  journal: Journal
  /** The log of accepted events. */
  log: Journal
  knowledge: {
    identities: Pick<Identities, 'find' | 'list'>
    deadLetters: Pick<Knowledge['deadLetters'], 'add'>
  } & Partial<Pick<Knowledge, 'projection'>>
  stores: { store?: Pick<EventStore, 'write'>; influx?: Pick<EventStore, 'write'> }
  clock: Clock
  logger: Log
  downlink?: Downlink
  /** Called once when ingest cannot go on; the process ends and is restarted. */
  onFatal?: (error: unknown) => void
}

export type { Cursor }
