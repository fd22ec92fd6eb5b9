import { startProcess } from '@waytrace/standard/testing'
import { vi } from 'vitest'
import { runProgram } from '../src/program.ts'

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Settings of the machine that runs the tests do not reach the command. */
const OURS = /^(WAYTRACE_|INFLUX_|MQTT_|NODE_ENV|VITEST)/

/** Runs the real command from source, and waits for its end. Give a `cwd` without a `waytrace.yaml`. */
export async function waytrace(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<Outcome> {
  const clean = Object.fromEntries(
    Object.keys(process.env).flatMap((name) => (OURS.test(name) ? [[name, undefined]] : [])),
  )
  const started = startProcess(import.meta.url, '../src/main.ts', { args, cwd, env: { ...clean, ...env } })
  const code = await started.exited
  return { code, stdout: started.lines.join('\n'), stderr: started.stderr }
}

/** The same command in this process, without a process's start: for what ends by itself. */
export async function run(...args: string[]): Promise<Outcome> {
  const streams = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      streams[name] += text
      return true
    }),
  )
  const before = process.exitCode
  process.exitCode = 0
  try {
    await runProgram(args)
    return { code: Number(process.exitCode), stdout: streams.stdout.trimEnd(), stderr: streams.stderr }
  } finally {
    process.exitCode = before
    for (const spy of spies) spy.mockRestore()
  }
}
