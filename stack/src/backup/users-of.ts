import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { requireLmdbFile } from '@waytrace/standard/journal'
import { open } from 'lmdb'

/** Ids of the other processes that have this LMDB folder open and have read from it. */
export async function usersOf(folder: string): Promise<number[]> {
  if (!existsSync(join(folder, 'data.mdb'))) return []
  requireLmdbFile(folder)
  const env = open({ path: folder, readOnly: true })
  try {
    // Slots of killed processes go first.
    env.readerCheck()
    const pids = env
      .readerList()
      .split('\n')
      .map((line) => Number(/^\s*(\d+)\s/.exec(line)?.[1] ?? Number.NaN))
    return [...new Set(pids)].filter((pid) => Number.isSafeInteger(pid) && pid !== process.pid)
  } finally {
    await env.close()
  }
}
