import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const past = z.strictObject({
  seed: z.int(),
  /** Virtual UTC ms at which the world began, and up to which it was played to the devices. */
  startedAt: z.number(),
  playedTo: z.number(),
})
export type Past = z.infer<typeof past>

const HISTORY_MS = 6 * 3_600_000

/**
 * Where a demo begins: it goes on where the last one with the same seed ended, or, after a night off, six hours back
 * with a world of its own.
 */
export function recallPast(file: string, seed: number, now: number): Past {
  const known = readPast(file)
  if (known?.seed === seed && known.playedTo <= now && now - known.playedTo < HISTORY_MS) return known
  const startedAt = now - HISTORY_MS
  // Nothing was played, what happens at the very start neither.
  return { seed, startedAt, playedTo: startedAt - 1 }
}

export function rememberPast(file: string, known: Past): void {
  // A stop in between leaves the old file whole; losing the newest second only replays it.
  writeFileSync(`${file}.new`, JSON.stringify(known))
  renameSync(`${file}.new`, file)
}

function readPast(file: string): Past | undefined {
  try {
    return past.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (missing || error instanceof SyntaxError || error instanceof z.ZodError) return undefined
    throw error
  }
}
