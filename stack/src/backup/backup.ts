import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statfsSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { OpsError } from '@waytrace/standard'
import { type Journal, openJournal } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import { open } from 'lmdb'
import type { WaytraceConfig } from '../config.ts'
import { folders } from '../data-folder.ts'
import { flush } from './files.ts'
import { holdTrimming, isHold, releaseDeadHolds } from './hold.ts'
import { describeFile, type Manifest, type Queue, writeManifest } from './manifest.ts'

/** Small files of the data folder that belong to the centre. */
export const LOOSE_FILES = ['secrets.json', 'demo.json'] as const

export interface BackupPorts {
  clock: Clock
  /** Version of this waytrace. */
  version: string
  /** Says what is being copied. */
  progress?: (text: string) => void
}

/**
 * Copies a data folder into `target` while everything runs. Everything acknowledged before it began is in the copy.
 *
 * Why the copies fit together, although each LMDB folder is copied at a moment of its own:
 * - Each consumer is copied before what it reads from: ingest's dedupe set before the store (which has its dead
 *   letters) and the log it fills, the store before the log, the log before the raw journal. So no copy knows of an
 *   entry that a later copy lacks.
 * - Positions are noted at the beginning, and a restore puts the consumers back there. What they read a second time is
 *   absorbed: stores and projections are idempotent by position, and the dedupe set is brought up to the log's end
 *   before ingest takes anything, so that each event is accepted once.
 * - Until the last copy is made, a required cursor keeps log and raw journal from trimming: what has to be read a second
 *   time is still there. When they are full meanwhile, publishers wait as always.
 * - The `influx` cursor is kept as copied: InfluxDB is not set back with it. Its point numbers are copied after the log,
 *   so that what is written there a second time gets the numbers it had.
 *
 * Throws `OpsError('INPUT_INVALID')`; then `target` is as it was.
 */
export async function backup(config: WaytraceConfig, target: string, ports: BackupPorts): Promise<Manifest> {
  const { clock, version, progress } = ports
  const at = folders(config.data)
  const to = checkTarget(config.data, target, at)
  const made = new Set<string>()
  const startedAt = new Date(clock.now()).toISOString()
  const limits = { reserveBytes: config.journal.reserveBytes, onFull: 'wait' } as const
  const journal = openJournal({ path: at.journal, maxBytes: config.journal.maxBytes, ...limits })
  const log = openJournal({ path: at.log, maxBytes: config.journal.logMaxBytes, ...limits })
  const releases: (() => Promise<void>)[] = []
  try {
    for (const one of [journal, log]) {
      await releaseDeadHolds(one)
      releases.push(await holdTrimming(one))
    }
    // After the holds: what lies behind these positions stays from here on.
    const positions = { journal: queueOf(journal), log: queueOf(log) }
    const { dedupe, log: logPath, influx, journal: journalPath, ...others } = at
    const order = { dedupe, ...others, log: logPath, influx, journal: journalPath }
    const files: string[] = []
    for (const [name, folder] of Object.entries(order)) {
      if (!existsSync(join(folder, 'data.mdb'))) continue
      progress?.(`${name} ...`)
      made.add(join(to, name))
      await hotCopy(folder, join(to, name))
      files.push(`${name}/data.mdb`)
    }
    for (const file of LOOSE_FILES) {
      if (!existsSync(join(config.data, file))) continue
      made.add(join(to, file))
      copyFileSync(join(config.data, file), join(to, file))
      flush(join(to, file))
      files.push(file)
    }
    await release(releases)
    progress?.('checksums ...')
    const described = []
    for (const file of files) described.push(await describeFile(to, file))
    const finishedAt = new Date(clock.now()).toISOString()
    const { deployment } = config
    const manifest = writeManifest(to, {
      waytrace: version,
      deployment,
      startedAt,
      finishedAt,
      ...positions,
      files: described,
    })
    flush(to)
    return manifest
  } catch (error) {
    for (const path of made) rmSync(path, { recursive: true, force: true })
    throw error
  } finally {
    await release(releases)
    await log.close()
    await journal.close()
  }
}

function checkTarget(data: string, target: string, at: ReturnType<typeof folders>): string {
  if (!existsSync(join(at.journal, 'data.mdb')) || !existsSync(join(at.log, 'data.mdb')))
    throw new OpsError('INPUT_INVALID', `${data} is not a data folder: it holds no journal`)
  if (existsSync(target) && (!statSync(target).isDirectory() || readdirSync(target).length > 0))
    throw new OpsError('INPUT_INVALID', `${target} is not an empty folder; give one that is, or a new name`)
  if (`${resolve(target)}${sep}`.startsWith(`${realpathSync(data)}${sep}`))
    throw new OpsError('INPUT_INVALID', `${target} lies in the data folder itself; it would be lost with it`)
  // Passwords' hashes and the centre's secret are in it.
  mkdirSync(target, { recursive: true, mode: 0o700 })
  const to = realpathSync(target)
  const size = Object.values(at).reduce((sum, folder) => sum + sizeOf(join(folder, 'data.mdb')), 0)
  const { bavail, bsize } = statfsSync(to)
  if (bavail * bsize < size)
    throw new OpsError('INPUT_INVALID', `${to} has ${bavail * bsize} bytes free, but up to ${size} may be needed`)
  return to
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function queueOf(journal: Journal): Queue {
  const { first, last, cursors } = journal.stats()
  const consumers = Object.entries(cursors).filter(([name]) => !isHold(name))
  return { first, last, cursors: Object.fromEntries(consumers) }
}

/** One consistent state of an LMDB folder, while others write. Free pages are left out. */
async function hotCopy(from: string, to: string): Promise<void> {
  mkdirSync(to, { mode: 0o700 })
  const env = open({ path: from, readOnly: true })
  try {
    await env.backup(to, true)
  } finally {
    await env.close()
  }
  flush(join(to, 'data.mdb'))
  flush(to)
}

async function release(releases: (() => Promise<void>)[]): Promise<void> {
  for (const letGo of releases.splice(0)) await letGo()
}
