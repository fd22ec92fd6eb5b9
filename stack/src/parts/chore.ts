import type { Clock, Log } from '@waytrace/standard/process'

/** Work that comes again and again beside the main work. */
export interface Chore {
  start(): void
  /** Resolves when the step in hand is done. */
  stop(): Promise<void>
}

/**
 * Runs `step` every `everyMs`, and at once again while it says that there is more. Never two steps at a time; a step
 * that fails is logged and tried again at the next turn.
 */
export function chore(
  name: string,
  everyMs: number,
  step: () => Promise<boolean>,
  ports: { clock: Clock; log: Log },
): Chore {
  const stopping = new AbortController()
  let loop: Promise<void> = Promise.resolve()

  async function run() {
    while (!stopping.signal.aborted) {
      let more = false
      try {
        more = await step()
      } catch (err) {
        ports.log.warn({ err, chore: name }, 'a chore failed; it is tried again')
      }
      if (!more) await ports.clock.sleep(everyMs, stopping.signal)
    }
  }

  return {
    start() {
      loop = run()
    },
    stop() {
      stopping.abort()
      return loop
    },
  }
}
