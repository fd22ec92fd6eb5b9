import type { Journal } from '@waytrace/standard/journal'

const PREFIX = 'backup-'

/** Whether a cursor is a hold of a backup. */
export function isHold(cursor: string): boolean {
  return cursor.startsWith(PREFIX)
}

/**
 * Keeps everything that is in the journal now from being trimmed, by a required cursor at its oldest entry, until the
 * returned function is called. The cursor carries this process's id: should it be killed, the next that opens the data
 * folder lets go with `releaseDeadHolds`.
 */
export async function holdTrimming(journal: Journal): Promise<() => Promise<void>> {
  const name = `${PREFIX}${process.pid}`
  // A new cursor begins at the oldest entry; one of a former process with our id stands elsewhere.
  await journal.dropCursor(name)
  await journal.cursor(name, { required: true })
  return () => journal.dropCursor(name)
}

/** Lets go of what killed backups hold; returns their cursors. */
export async function releaseDeadHolds(journal: Journal): Promise<string[]> {
  const dead = deadHolds(journal)
  for (const name of dead) await journal.dropCursor(name)
  return dead
}

/** The holds whose process has ended. */
export function deadHolds(journal: Journal): string[] {
  return Object.keys(journal.stats().cursors).filter(
    (name) => isHold(name) && !lives(Number(name.slice(PREFIX.length))),
  )
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
