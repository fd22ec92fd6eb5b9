import type { Duplex } from 'node:stream'
import { backoff } from '@waytrace/standard/process'
import type { AgentClock, Link, LinkEvents } from '../ports.ts'
import { unlessAborted } from './unless-aborted.ts'

export interface ReopeningPorts {
  clock: AgentClock
  events: Pick<LinkEvents, 'state'>
  /** Opens once; rejects when the peer cannot be reached. */
  open(): Promise<Duplex>
  /** Uses the stream until it has closed and everything it brought is durable. */
  use(stream: Duplex): Promise<void>
  /** Before the stream is closed by `stop`. */
  leave?(stream: Duplex): Promise<void>
}

/** A link that keeps one stream open: a broken one is opened again after a pause that grows. */
export function reopeningLink({ clock, events, open, use, leave }: ReopeningPorts): Link {
  const abort = new AbortController()
  const wait = backoff({ firstMs: 200, maxMs: 15_000 })
  let stream: Duplex | undefined
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (!abort.signal.aborted) {
      let reason = 'closed by the peer'
      try {
        const opening = open()
        stream = await unlessAborted(abort.signal, opening)
        if (stream === undefined || abort.signal.aborted) {
          opening.then((late) => late.destroy()).catch(() => {})
          break
        }
        stream.on('error', (error) => {
          reason = error.message
        })
        events.state('up', {})
        wait.reset()
        await use(stream)
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
      }
      stream = undefined
      if (abort.signal.aborted) break
      events.state('down', { reason })
      await clock.sleep(Math.max(50, wait.next()), abort.signal)
    }
  }

  return {
    async start() {
      running ??= run()
    },
    async stop() {
      abort.abort()
      const open = stream
      if (open !== undefined && !open.destroyed) {
        await leave?.(open)
        open.destroy()
      }
      await running
    },
  }
}
