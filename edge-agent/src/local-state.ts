import { mkdirSync } from 'node:fs'
import { requireLmdbFile } from '@waytrace/standard/journal'
import { type Database, open } from 'lmdb'
import type { EventDraft } from './ports.ts'
import type { StationState } from './stations/state.ts'

/** A frame or event the agent could not use, with its bytes. */
export interface AgentDeadLetter {
  at: number
  device?: string | undefined
  code: string
  message: string
  bytes: Buffer
}

/** What the centre changed of a device's configuration. */
export interface DeviceSettings {
  version?: string | number | undefined
  report?: Record<string, unknown> | undefined
  limits?: unknown[] | undefined
  /** The newest `cfg` as it came, to tell a repeat from news. */
  configured?: string
}

/** What the agent must know after a restart, beside the spool. One LMDB folder; one process at a time. */
export interface LocalState {
  stations: Database<StationState, string>
  /** Events of a station whose state is stored, but which may not have reached the spool: key `station`. */
  outbox: Database<EventDraft[], string>
  deadLetters: Database<AgentDeadLetter, number>
  /** Answers to commands, by commandId: a command that comes again is answered again, not done again. */
  answers: Database<{ at: number; answer: object }, string>
  settings: Database<DeviceSettings, string>
  /** Where each tailed file was read to. */
  offsets: Database<{ inode: number; offset: number }, string>
  /** Last frame counter taken of each device. */
  counters: Database<number, string>
  /** Runs the writes as one transaction; resolves when they are on disk. */
  durably(write: () => void): Promise<void>
  close(): Promise<void>
}

export function openLocalState(path: string): LocalState {
  mkdirSync(path, { recursive: true })
  requireLmdbFile(path)
  const root = open({ path, maxDbs: 8, mapSize: 2 ** 30, encoding: 'msgpack' })
  const table = <V, K extends string | number>(name: string) => root.openDB<V, K>({ name, encoding: 'msgpack' })
  return {
    stations: table('stations'),
    outbox: table('outbox'),
    deadLetters: table('dead-letters'),
    answers: table('answers'),
    settings: table('settings'),
    offsets: table('offsets'),
    counters: table('counters'),
    async durably(write) {
      await root.batch(write)
      // lmdb's write resolves when it is visible; it is on disk after this.
      await root.flushed
    },
    async close() {
      await root.close()
    },
  }
}
