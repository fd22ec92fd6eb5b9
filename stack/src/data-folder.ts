import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { OpsError } from '@waytrace/standard'
import { centreIntake, type Intake, type Journal, openJournal } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import {
  type EventStore,
  embeddedStore,
  influxStore,
  type Knowledge,
  lmdbPointNumbers,
  openKnowledge,
} from '@waytrace/store'
import { releaseDeadHolds } from './backup/hold.ts'
import type { WaytraceConfig } from './config.ts'
import { openSecrets, type Secrets } from './secrets.ts'

/** Where each thing lives in the data folder. Every process that opens it uses these names. */
export const folders = (data: string) => ({
  journal: join(data, 'journal'),
  log: join(data, 'log'),
  store: join(data, 'store'),
  dedupe: join(data, 'dedupe'),
  users: join(data, 'users'),
  influx: join(data, 'influx'),
  exposures: join(data, 'exposures'),
})

/** Everything a part at the centre may need of the data folder. Caller closes. */
export interface DataFolder {
  secrets: Secrets
  rawJournal: Journal
  acceptedLog: Journal
  knowledge: Knowledge
  events: EventStore
  /** Beside the embedded store, when configured. Only ingest writes to it. */
  influx: EventStore | undefined
  intake(part: string): Intake
  close(): Promise<void>
}

/** For commands that look at what is there: a mistyped folder must not become a new, empty one. */
export function openExistingFolder(config: WaytraceConfig, clock: Clock): Promise<DataFolder> {
  if (!existsSync(folders(config.data).store))
    throw new OpsError('NOT_FOUND', `no Waytrace data in ${config.data}: give its folder with --data`)
  return openDataFolder(config, clock)
}

/** Makes the folder if it is not there. Throws `OpsError('CONFIG_INVALID')` when it cannot be. */
export function makeDataFolder(data: string): void {
  try {
    mkdirSync(data, { recursive: true, mode: 0o750 })
    accessSync(data, constants.W_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = `the data folder ${data} cannot be made or written (${code})`
    throw new OpsError('CONFIG_INVALID', message, { cause, issues: [{ path: 'data', message }] })
  }
}

export async function openDataFolder(config: WaytraceConfig, clock: Clock): Promise<DataFolder> {
  const { data, deployment, journal } = config
  makeDataFolder(data)
  const secrets = openSecrets(data)
  const at = folders(data)
  const limits = { reserveBytes: journal.reserveBytes, onFull: 'wait' } as const
  const rawJournal = openJournal({ path: at.journal, maxBytes: journal.maxBytes, ...limits })
  const acceptedLog = openJournal({ path: at.log, maxBytes: journal.logMaxBytes, ...limits })
  for (const queue of [rawJournal, acceptedLog]) await releaseDeadHolds(queue)
  const knowledge = await openKnowledge(at.store)
  const events = embeddedStore(at.store)
  const influx =
    config.influx === undefined
      ? undefined
      : influxStore(config.influx, { numbers: lmdbPointNumbers(at.influx), clock })
  return {
    secrets,
    rawJournal,
    acceptedLog,
    knowledge,
    events,
    influx,
    intake: (part) => centreIntake(rawJournal, { deployment, part }, clock),
    async close() {
      await influx?.close()
      await events.close()
      await knowledge.close()
      await acceptedLog.close()
      await rawJournal.close()
    },
  }
}
