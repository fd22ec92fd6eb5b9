import { fileURLToPath } from 'node:url'
import { type StartedProcess, startProcess } from '@waytrace/standard/testing'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** The `waytrace` command as a real process. Settings of the machine that runs the tests do not reach it. */
export function waytrace(args: readonly string[], env: Record<string, string> = {}): StartedProcess {
  const clean = Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /^(WAYTRACE_|INFLUX_|MQTT_|NODE_ENV|VITEST)/.test(name))
      .map((name) => [name, undefined]),
  )
  return startProcess(import.meta.url, '../../src/main.ts', { args, env: { ...clean, ...env }, cwd: ROOT })
}

/** Runs a command to its end and returns what it printed; throws with its stderr when it failed. */
export async function told(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const started = waytrace(args, env)
  const code = await started.exited
  if (code !== 0) throw new Error(`waytrace ${args.join(' ')} ended with ${code}: ${started.stderr}`)
  return started.lines.join('\n')
}

/** A process that is started again whenever the test kills it, as a supervisor would. */
export interface Supervised {
  readonly current: StartedProcess
  /** kill -9, then the same again; resolves when it is ready. */
  crash(): Promise<void>
  /** Ends for good, by default with SIGTERM; resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts a command that prints a line when it is ready; resolves then. */
export async function supervised(ready: RegExp, args: readonly string[], env?: Record<string, string>) {
  const start = async () => {
    const started = waytrace(args, env)
    await started.waitForLine(ready)
    return started
  }
  let current = await start()
  const made: Supervised = {
    get current() {
      return current
    },
    async crash() {
      await current.kill('SIGKILL')
      current = await start()
    },
    stop: (signal = 'SIGTERM') => current.kill(signal),
  }
  return made
}
