import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { OpsError } from '@waytrace/standard'
import { z } from 'zod'
import { writeDurably } from './files.ts'

/** Written last: a folder without it is not a backup. */
export const MANIFEST = 'backup.json'
const FORMAT = 1

const position = z.int().min(0)
const cursors = z.record(z.string(), z.strictObject({ position, required: z.boolean() }))
const queue = z.strictObject({
  /** Oldest and newest entry when the backup began. */
  first: position,
  last: position,
  /** Where every consumer stood then: a restore puts them back there. */
  cursors,
})

const manifest = z.strictObject({
  format: z.literal(FORMAT, `is not ${FORMAT}: made by another version of waytrace`),
  /** Version of the waytrace that made it. */
  waytrace: z.string(),
  deployment: z.string(),
  /** ISO 8601, when the backup began: everything acknowledged before is in it. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  journal: queue,
  log: queue,
  files: z.array(
    z.strictObject({
      // Below the backup only: a manifest is input too.
      path: z.string().regex(/^[a-z][a-z0-9-]*(\/data\.mdb|\.json)$/),
      bytes: position,
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  /** For the person who finds this file. */
  note: z.string(),
})

/** What a backup holds: `backup.json`. */
export type Manifest = z.infer<typeof manifest>
export type Queue = z.infer<typeof queue>

export const NOTE =
  'Restore with `waytrace restore`. The spools of agents are not in here: they keep what was not stored yet. ' +
  'InfluxDB is not in here either: back it up with its own tools, after this backup was made.'

export function writeManifest(folder: string, content: Omit<Manifest, 'format' | 'note'>): Manifest {
  const made: Manifest = { format: FORMAT, ...content, note: NOTE }
  const file = join(folder, MANIFEST)
  writeDurably(`${file}.new`, `${JSON.stringify(made, undefined, 2)}\n`)
  renameSync(`${file}.new`, file)
  return made
}

/** Throws `OpsError('INPUT_INVALID')` when the folder holds no backup that this version can read. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST)
  if (!existsSync(file))
    throw new OpsError('INPUT_INVALID', `${folder} is not a finished backup: it holds no ${MANIFEST}`)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  const parsed = manifest.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  const text = issues.map((issue) => `\n  ${issue.path}: ${issue.message}`).join('')
  throw new OpsError('INPUT_INVALID', `${file} is damaged or of another version${text}`, { issues })
}

/** Reads every file again. Throws `OpsError('INPUT_INVALID')` naming each that is missing or changed. */
export async function verifyFiles(folder: string, { files }: Manifest): Promise<void> {
  const wrong: string[] = []
  for (const { path, bytes, sha256 } of files) {
    const file = join(folder, path)
    if (!existsSync(file)) wrong.push(`${path} is missing`)
    else if (statSync(file).size !== bytes) wrong.push(`${path} has ${statSync(file).size} bytes instead of ${bytes}`)
    else if ((await digestOf(file)) !== sha256) wrong.push(`${path} was changed since it was written`)
  }
  if (wrong.length === 0) return
  throw new OpsError('INPUT_INVALID', `the backup in ${folder} is damaged: ${wrong.join('; ')}`)
}

export async function describeFile(folder: string, path: string): Promise<Manifest['files'][number]> {
  const file = join(folder, path)
  return { path, bytes: statSync(file).size, sha256: await digestOf(file) }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) hash.update(chunk)
  return hash.digest('hex')
}
