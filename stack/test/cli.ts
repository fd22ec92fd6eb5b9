import { startProcess } from '@waytrace/standard/testing'

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the real command from source, away from any `waytrace.yaml`, and waits for its end. */
export async function waytrace(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const process = startProcess(import.meta.url, '../src/main.ts', { args, ...options })
  const code = await process.exited
  return { code, stdout: process.lines.join('\n'), stderr: process.stderr } satisfies Outcome
}
