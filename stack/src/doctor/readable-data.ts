import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Journal, openJournal, requireLmdbFile } from '@waytrace/standard/journal'
import { type Knowledge, openKnowledge } from '@waytrace/store'
import { usersOf } from '../backup/users-of.ts'
import type { WaytraceConfig } from '../config.ts'
import { folders } from '../data-folder.ts'

/** A data folder that is there, opened to look at. Caller closes. */
export interface ReadableData {
  rawJournal: Journal
  acceptedLog: Journal
  knowledge: Knowledge
  /** Other processes that have it open. */
  users: number[]
  close(): Promise<void>
}

/** Opens what is there; undefined when there is no data folder yet. Nothing is made. Throws `JOURNAL_CORRUPT`. */
export async function readableData({ data, journal }: WaytraceConfig): Promise<ReadableData | undefined> {
  const at = folders(data)
  if (![at.journal, at.log, at.store].every((folder) => existsSync(join(folder, 'data.mdb')))) return undefined
  requireLmdbFile(at.store)
  const users = await usersOf(at.journal)
  const limits = { reserveBytes: journal.reserveBytes, onFull: 'wait' } as const
  const rawJournal = openJournal({ path: at.journal, maxBytes: journal.maxBytes, ...limits })
  const acceptedLog = openJournal({ path: at.log, maxBytes: journal.logMaxBytes, ...limits })
  const knowledge = await openKnowledge(at.store)
  return {
    rawJournal,
    acceptedLog,
    knowledge,
    users,
    async close() {
      await knowledge.close()
      await acceptedLog.close()
      await rawJournal.close()
    },
  }
}
