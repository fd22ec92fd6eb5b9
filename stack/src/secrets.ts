import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OpsError } from '@waytrace/standard'
import { newPassword } from '@waytrace/store'
import { z } from 'zod'

const secrets = z.strictObject({
  /** What ingest signs in with at the embedded broker, as `$centre`. */
  centrePassword: z.string().min(20),
})
export type Secrets = z.infer<typeof secrets>

/** The secrets of a data folder, made at its first use and readable by their owner only. Throws CONFIG_INVALID. */
export function openSecrets(data: string): Secrets {
  const file = join(data, 'secrets.json')
  try {
    const made = JSON.stringify({ centrePassword: newPassword() })
    // `wx`: of two processes that start at once, one makes the file and both read it.
    writeFileSync(file, made, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new OpsError('CONFIG_INVALID', `cannot write ${file}`, { cause })
  }
  const found = readSecrets(data)
  if (found === undefined) throw new OpsError('CONFIG_INVALID', `${file} was taken away while it was read`)
  return found
}

/** The secrets that are there; undefined when there are none yet. Throws CONFIG_INVALID. */
export function readSecrets(data: string): Secrets | undefined {
  const file = join(data, 'secrets.json')
  if (!existsSync(file)) return undefined
  try {
    return secrets.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new OpsError('CONFIG_INVALID', `${file} is damaged; restore it from a backup`, { cause })
  }
}
