import { mkdirSync } from 'node:fs'
import { OpsError, uuidv7 } from '@waytrace/standard'
import { requireLmdbFile } from '@waytrace/standard/journal'
import { type Database, open, type RootDatabase } from 'lmdb'
import type { Command } from './ports.ts'

/** How far one spool is taken: everything up to `contiguous`, and the ranges beyond it. */
export interface SpoolMark {
  contiguous: number
  ranges: [from: number, to: number][]
  /** UTC ms of the last event: the oldest spools of an agent are forgotten. */
  usedAt: number
}

/** What a status topic said last, so that a retained copy or a repeated read is told from news. */
export interface StatusState {
  /** Digest of the last payload. */
  payload: string
  /** Digest of all payloads so far: the name of the last change. */
  chain: string
  /** Of an agent's own topic: the boot that its last birth announced. */
  bootid?: string
}

/** The LMDB tables of ingest's own folder. */
export interface IngestState {
  readonly root: RootDatabase
  /** `logEnd`: last log position the dedupe set and the marks contain. `spool`: of facts ingest states itself. */
  readonly meta: Database<number | string, string>
  /** Source URN -> number. */
  readonly sources: Database<number, string>
  /** `[source, bucket, chunk]` -> packed tails of event ids. */
  readonly ids: Database<Buffer, [number, number, number]>
  /** `[site, agent, spool]`. */
  readonly marks: Database<SpoolMark, [string, string, string]>
  /** Topic -> last status. */
  readonly statuses: Database<StatusState, string>
  /** `commandId` -> command that waits for its answer. */
  readonly outbox: Database<Command, string>
  /** Own spool id of facts that ingest makes of statuses and answers. */
  readonly spool: string
  /** Runs the puts of `work` as one transaction; resolves when it is on disk. */
  commit(work: () => void): Promise<void>
  close(): Promise<void>
}

/** Virtual addresses only; a map that never has to grow. */
const MAP_BYTES = 2 ** 38

/** Opens or makes ingest's folder. One process at a time. Throws `OpsError('JOURNAL_CORRUPT')`. */
export function openState(path: string, now: number): IngestState {
  mkdirSync(path, { recursive: true })
  const root = openRoot(path)
  const meta = root.openDB<number | string, string>({ name: 'meta', encoding: 'json' })
  if (meta.get('spool') === undefined) meta.putSync('spool', uuidv7(now))
  return {
    root,
    meta,
    sources: root.openDB<number, string>({ name: 'sources', encoding: 'json' }),
    ids: root.openDB<Buffer, [number, number, number]>({ name: 'ids', encoding: 'binary' }),
    marks: root.openDB<SpoolMark, [string, string, string]>({ name: 'marks', encoding: 'json' }),
    statuses: root.openDB<StatusState, string>({ name: 'statuses', encoding: 'json' }),
    outbox: root.openDB<Command, string>({ name: 'outbox', encoding: 'json' }),
    spool: String(meta.get('spool')),
    async commit(work) {
      await root.batch(work)
      await root.flushed
    },
    close: () => root.close(),
  }
}

function openRoot(path: string): RootDatabase {
  requireLmdbFile(path)
  try {
    return open({ path, name: null as unknown as string, maxDbs: 8, mapSize: MAP_BYTES, overlappingSync: false })
  } catch (cause) {
    throw new OpsError('JOURNAL_CORRUPT', `cannot open ingest's folder ${path}`, { cause })
  }
}
