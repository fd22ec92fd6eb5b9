import { startProcess } from '@waytrace/standard/testing'

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
