import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '@waytrace/standard/testing'

/** A disk that a test can fill. */
export interface SmallDisk {
  path: string
  /** What the journals must leave free, so that `fill` is felt. */
  reserveBytes: number
  /** Takes the free space down to three quarters of the reserve. */
  fill(): void
  /** Makes room again. */
  clear(): void
  remove(): void
}

const TMPFS_BYTES = 400 * 1024 * 1024
const TMPFS_RESERVE = 64 * 1024 * 1024
/** Where no file system may be mounted, the reserve takes all but this of the real one. */
const SHARED_BYTES = 3 * 1024 * 1024 * 1024

/** A tmpfs where root may mount one; else a folder of the real disk, with a reserve that leaves a little of it. */
export function smallDisk(): SmallDisk {
  const path = join(tempDir('disk'), 'full')
  mkdirSync(path)
  const mounted = run('mount', ['-t', 'tmpfs', '-o', `size=${TMPFS_BYTES}`, 'tmpfs', path])
  const reserveBytes = mounted ? TMPFS_RESERVE : Math.max(0, free(path) - SHARED_BYTES)
  const filler = join(path, 'filler')
  return {
    path,
    reserveBytes,
    fill() {
      const length = free(path) - Math.floor(mounted ? reserveBytes * 0.75 : reserveBytes - 64 * 1024 * 1024)
      if (!run('fallocate', ['-l', String(length), filler])) throw new Error(`cannot fill ${path}`)
    },
    clear: () => rmSync(filler, { force: true }),
    remove() {
      rmSync(filler, { force: true })
      if (mounted) run('umount', ['-l', path])
    },
  }
}

function free(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

function run(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
