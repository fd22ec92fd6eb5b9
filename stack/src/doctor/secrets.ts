import { statSync } from 'node:fs'
import { join } from 'node:path'
import { readSecrets } from '../secrets.ts'
import { act, type Finding, note, ok, type Patient } from './finding.ts'

const OTHERS = 0o077

/** Whether the centre's secrets can be read by their owner only. */
export function secrets({ config: { data } }: Patient): Finding[] {
  const what = 'secrets'
  const file = join(data, 'secrets.json')
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return [note(what, `${file} is made at the first start`)]
  // Windows has no such bits.
  if (process.platform !== 'win32' && (stat.mode & OTHERS) !== 0)
    return [act(what, `others may read ${file}`, `chmod 600 ${file}`)]
  try {
    readSecrets(data)
  } catch (error) {
    return [act(what, (error as Error).message, 'restore the data folder from a backup')]
  }
  return [ok(what, `${file}, for its owner only`)]
}
