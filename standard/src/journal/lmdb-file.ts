import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { OpsError } from '../event/errors.ts'

/** Begin of an LMDB meta page as lmdb 3 writes it: a page header of 24 bytes, the magic number, the page size at 48. */
const MAGIC_AT = 24
const MAGIC = 0xbeefc0de
const PAGE_SIZE_AT = 48
const HEAD = 52

/**
 * Refuses a folder whose `data.mdb` is no LMDB file, or was cut off in its first pages: lmdb 3.5.6 ends the process
 * with a segmentation fault on such a file, instead of throwing. Throws `OpsError('JOURNAL_CORRUPT')`.
 */
export function requireLmdbFile(folder: string): void {
  const file = join(folder, 'data.mdb')
  let handle: number
  try {
    handle = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new OpsError('JOURNAL_CORRUPT', `${file} cannot be read`, { cause: error })
  }
  try {
    const { size } = fstatSync(handle)
    // Made, and not written to yet.
    if (size === 0) return
    const head = Buffer.alloc(HEAD)
    const read = readSync(handle, head, 0, HEAD, 0)
    if (read < HEAD || head.readUInt32LE(MAGIC_AT) !== MAGIC || size < 2 * head.readUInt32LE(PAGE_SIZE_AT))
      throw new OpsError('JOURNAL_CORRUPT', `${file} is damaged, or no LMDB file`)
  } finally {
    closeSync(handle)
  }
}
