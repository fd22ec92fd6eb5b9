import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { OpsError } from '@waytrace/standard'
import { openJournal } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { WaytraceConfig } from '../config.ts'
import { folders } from '../data-folder.ts'
import { LOOSE_FILES } from './backup.ts'
import { flush } from './files.ts'
import { isHold } from './hold.ts'
import { type Manifest, type Queue, readManifest, verifyFiles } from './manifest.ts'
import { usersOf } from './users-of.ts'

const STAGING = '.restoring'
const SET_ASIDE = 'before-restore-'
/** Consumers whose store is not in the backup and so was not set back. */
const KEPT_CURSORS = new Set(['influx'])

export interface Restored {
  manifest: Manifest
  /** Folder that now holds what was there before. */
  setAside?: string
}

/**
 * Puts a backup into the data folder of the configuration, and its consumers back to where they stood when the backup
 * began (see `backup`). Refuses a folder in use, and, without `force`, one that is not empty; with it, what was there
 * is set aside, not deleted. Spools of agents in the folder stay as they are. Until everything was checked and copied
 * nothing is touched. Throws `OpsError('INPUT_INVALID')`.
 */
export async function restore(
  config: WaytraceConfig,
  source: string,
  { clock, force = false }: { clock: Clock; force?: boolean },
): Promise<Restored> {
  const { data } = config
  const manifest = readManifest(source)
  await verifyFiles(source, manifest)
  await refuseInUse(data)
  const found = contents(data)
  if (found.length > 0 && !force)
    throw new OpsError('INPUT_INVALID', `${data} is not empty; --force sets aside what is there`)
  const isNew = !existsSync(data)
  mkdirSync(data, { recursive: true, mode: 0o750 })
  const staging = join(data, STAGING)
  try {
    rmSync(staging, { recursive: true, force: true })
    copyAll(source, staging, manifest)
    await putBack(join(staging, 'log'), manifest.log, config.journal.logMaxBytes)
    await putBack(join(staging, 'journal'), manifest.journal, config.journal.maxBytes)
  } catch (error) {
    rmSync(isNew ? data : staging, { recursive: true, force: true })
    throw error
  }
  const setAside = moveAside(data, found, clock.now())
  for (const name of readdirSync(staging)) renameSync(join(staging, name), join(data, name))
  rmdirSync(staging)
  flush(data)
  return setAside === undefined ? { manifest } : { manifest, setAside }
}

async function refuseInUse(data: string): Promise<void> {
  const pids = new Set<number>()
  for (const folder of Object.values(folders(data))) for (const pid of await usersOf(folder)) pids.add(pid)
  if (pids.size > 0)
    throw new OpsError('INPUT_INVALID', `${data} is in use by process ${[...pids].join(', ')}; stop it first`)
}

function contents(data: string): string[] {
  if (!existsSync(data)) return []
  if (!statSync(data).isDirectory()) throw new OpsError('INPUT_INVALID', `${data} is not a folder`)
  return readdirSync(data).filter((name) => name !== STAGING && !name.startsWith(SET_ASIDE))
}

function copyAll(source: string, staging: string, { files }: Manifest): void {
  const { bavail, bsize } = statfsSync(dirname(staging))
  const size = files.reduce((sum, { bytes }) => sum + bytes, 0)
  if (bavail * bsize < size)
    throw new OpsError('INPUT_INVALID', `${size} bytes are needed, ${bavail * bsize} are free: free disk space first`)
  for (const { path } of files) {
    const to = join(staging, path)
    mkdirSync(dirname(to), { recursive: true, mode: 0o750 })
    copyFileSync(join(source, path), to, constants.COPYFILE_FICLONE)
    flush(to)
    flush(dirname(to))
  }
}

/** Opens the copy: a journal that cannot be read is found here, before anything was touched. */
async function putBack(path: string, noted: Queue, maxBytes: number): Promise<void> {
  const journal = openJournal({ path, maxBytes, reserveBytes: 0, onFull: 'wait' })
  try {
    const { first, last, cursors } = journal.stats()
    if (last < noted.last || first > noted.first)
      throw new OpsError(
        'INPUT_INVALID',
        `${path} holds ${first} to ${last}, not all of ${noted.first} to ${noted.last}`,
      )
    for (const name of Object.keys(cursors)) {
      if (isHold(name)) await journal.dropCursor(name)
      else if (!KEPT_CURSORS.has(name)) {
        const before = noted.cursors[name]
        // A consumer that came during the backup has read nothing that its copied store must have.
        const required = cursors[name]?.required ?? true
        await journal.placeCursor(name, before ?? { position: first - 1, required })
      }
    }
  } finally {
    await journal.close()
  }
  rmSync(join(path, 'lock.mdb'), { force: true })
}

/** Only what a restore brings is set aside: spools of agents that live here hold what nobody else has. */
function moveAside(data: string, found: readonly string[], now: number): string | undefined {
  const ours = new Set<string>([...Object.keys(folders(data)), ...LOOSE_FILES])
  const moved = found.filter((name) => ours.has(name))
  if (moved.length === 0) return undefined
  const to = join(data, `${SET_ASIDE}${new Date(now).toISOString().replaceAll(':', '-')}`)
  mkdirSync(to, { mode: 0o700 })
  for (const name of moved) renameSync(join(data, name), join(to, name))
  return to
}
