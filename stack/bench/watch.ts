import { decodeLogRecord, openJournal } from '@waytrace/standard/journal'
import { waytraceConfig } from '../src/config.ts'
import { folders } from '../src/data-folder.ts'
import { whenDone } from './centre.ts'

/** Looks at the journals of a running centre from outside. */
export interface Watch {
  /** Events in the log. */
  accepted(): number
  /** Events that the store and the projections have: they can be asked for. */
  queryable(): number
  /** Resolves when nothing is on its way any more. */
  quiet(): Promise<void>
  /** How many different events of a run the log holds after a position, and how many in all. */
  counted(after: number, run: string): { different: number; all: number }
  close(): Promise<void>
}

export function watchCentre(data: string): Watch {
  const { journal } = waytraceConfig.parse({})
  const limits = { reserveBytes: journal.reserveBytes, onFull: 'wait' } as const
  const raw = openJournal({ path: folders(data).journal, maxBytes: journal.maxBytes, ...limits })
  const log = openJournal({ path: folders(data).log, maxBytes: journal.logMaxBytes, ...limits })
  const cursorOf = (of: typeof log, name: string) => of.stats().cursors[name]?.position ?? 0
  const accepted = () => log.stats().last
  const queryable = () => cursorOf(log, 'store')
  return {
    accepted,
    queryable,
    async quiet() {
      let before = -1
      const still = () => {
        const { last } = raw.stats()
        const now = last + accepted()
        const done = cursorOf(raw, 'ingest') === last && queryable() === accepted() && now === before
        before = now
        return done
      }
      await whenDone(still, 60_000, () => `${accepted()} accepted, ${queryable()} queryable`)
    },
    counted(after, run) {
      const ids = new Set<string>()
      let all = 0
      for (let from = after + 1; ; ) {
        const entries = log.read(from, 1000)
        for (const { bytes } of entries) {
          const { event } = decodeLogRecord(bytes)
          if (!event.spool.startsWith(run)) continue
          all++
          ids.add(event.id)
        }
        if (entries.length === 0) return { different: ids.size, all }
        from += entries.length
      }
    },
    async close() {
      await log.close()
      await raw.close()
    },
  }
}
