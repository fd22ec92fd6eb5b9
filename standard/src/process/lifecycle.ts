import { MessageChannel } from 'node:worker_threads'
import { ERRORS, OpsError } from '../event/errors.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Log } from './log.ts'

/** What a process is made of. Both may be left out; `stop` returns when nothing more will be emitted. */
export interface Part {
  start?(): unknown
  stop?(): unknown
}

/** What the body of a process may do. */
export interface ProcessScope {
  /** Starts the part now and stops it in the reverse order of starting. Returns the part. */
  own<P extends Part>(name: string, part: P): Promise<P>
  /** Runs at the end, in the reverse order, like the stop of a part. */
  onStop(name: string, stop: () => unknown): void
  /** Ends the process with exit code 1: for parts whose trouble no supervisor but the restart can mend. */
  fail(error: unknown): void
  /** Ends the process as a signal does. */
  stop(): void
  /** Aborted when stopping begins. */
  stopping: AbortSignal
}

export interface ProcessOptions {
  log: Log
  /** All stops together take at most this, default 10 s. */
  graceMs?: number
  clock?: Clock
  /** Where signals and uncaught errors come from, default `process`. */
  events?: Pick<NodeJS.EventEmitter, 'on' | 'off'>
  exit?: (code: number) => void
  writeError?: (text: string) => void
}

interface Step {
  name: string
  stop: () => unknown
}

/**
 * Runs a process: the body starts its parts in order, then it lives until SIGINT, SIGTERM, `stop` or an error that
 * nobody caught. Exit code 0 after a clean stop, 1 after an error or a stop that failed. A stop that takes longer than
 * `graceMs`, or a second signal, ends it as kill -9 does.
 */
export async function runProcess(
  body: (scope: ProcessScope) => Promise<unknown>,
  options: ProcessOptions,
): Promise<void> {
  const { log, graceMs = 10_000, clock = systemClock(), events = process } = options
  const exit = options.exit ?? ((code) => process.exit(code))
  // What still runs may hold threads with open LMDB folders, and `process.exit` then waits for them for ever (seen).
  // What was acknowledged is on disk, so the end of a kill -9 is a safe one.
  const force = options.exit ?? (() => process.kill(process.pid, 'SIGKILL'))
  const writeError = options.writeError ?? ((text) => void process.stderr.write(text))
  const steps: Step[] = []
  const stopping = new AbortController()
  let failed = false
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  // Signal listeners and unreferenced timers do not keep Node alive: without this it would exit with 13.
  const alive = new MessageChannel()
  alive.port1.ref()

  const stop = () => {
    stopping.abort()
    end()
  }
  const fail = (error: unknown) => {
    if (!failed) {
      writeError(explain(error))
      log.fatal({ err: error }, 'failed')
    }
    failed = true
    stop()
  }
  const onSignal = (signal: string) => {
    if (stopping.signal.aborted) return void force(failed ? 1 : 130)
    log.info({ signal }, 'stopping')
    stop()
  }
  events.on('SIGINT', onSignal)
  events.on('SIGTERM', onSignal)
  events.on('uncaughtException', fail)
  events.on('unhandledRejection', fail)

  const scope: ProcessScope = {
    async own(name, part) {
      if (stopping.signal.aborted) throw new Error('the process is stopping')
      // Before the start: a start that fails half-way must be cleaned up too.
      if (part.stop !== undefined) steps.push({ name, stop: () => part.stop?.() })
      await part.start?.()
      log.info({ step: name }, 'started')
      return part
    },
    onStop: (name, run) => void steps.push({ name, stop: run }),
    fail,
    stop,
    stopping: stopping.signal,
  }
  const started = body(scope).catch((error) => {
    // What a stop interrupts may fail.
    if (!stopping.signal.aborted) fail(error)
  })
  await ended
  const bound = new AbortController()
  const outcome = await Promise.race([
    stopAll(steps, log).then((clean) => started.then(() => clean)),
    clock.sleep(graceMs, bound.signal).then(() => undefined),
  ])
  bound.abort()
  if (outcome === undefined) log.error({ graceMs, left: steps.map(({ name }) => name) }, 'stopping took too long')
  events.off('SIGINT', onSignal)
  events.off('SIGTERM', onSignal)
  events.off('uncaughtException', fail)
  events.off('unhandledRejection', fail)
  alive.port1.close()
  if (outcome === undefined) force(1)
  else exit(failed || !outcome ? 1 : 0)
}

const MOST_ISSUES = 50

/** What is printed for a person: code, message with the places it is about, and what to do next. */
export function explain(error: unknown): string {
  if (error instanceof OpsError) {
    const places = error.issues.filter(({ path }) => !error.message.includes(path))
    const list = places.slice(0, MOST_ISSUES).map(({ path, message }) => `  ${path}: ${message}\n`)
    if (places.length > MOST_ISSUES) list.push(`  and ${places.length - MOST_ISSUES} more\n`)
    return `${error.code}: ${error.message}\n${list.join('')}${ERRORS[error.code].doNext}\n`
  }
  return `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
}

/** Stops in the reverse order of starting, whatever fails. A step leaves the list when it is done. */
async function stopAll(steps: Step[], log: Log): Promise<boolean> {
  let clean = true
  for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
    try {
      await step.stop()
      log.info({ step: step.name }, 'stopped')
    } catch (err) {
      clean = false
      log.error({ err, step: step.name }, 'stop failed')
    }
    steps.splice(steps.indexOf(step), 1)
  }
  return clean
}
