import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Asks the file system how much is free; injectable, because a test cannot fill a disk. */
export type FreeBytes = (path: string) => number

export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

/** LMDB keeps freed pages in its file; this much of them is not counted on, for tree pages and fragments. */
const FRAGMENTS = 1.15
const MARGIN_BYTES = 1_000_000

/**
 * Whether a flush of `size` bytes leaves the reserve. Below the reserve, pages that trimming freed inside the file
 * are still used, down to half the reserve; without that, a full disk could never drain and refill.
 */
export function diskHasRoom(path: string, size: number, held: number, reserve: number, free: FreeBytes): boolean {
  const left = free(path) - size
  if (left >= reserve) return true
  if (left < reserve / 2) return false
  const file = statSync(join(path, 'data.mdb')).size
  return file - held * FRAGMENTS - MARGIN_BYTES > size
}
