import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sourceFlags } from '../process/worker.ts'

export interface StartOptions {
  args?: readonly string[]
  env?: Record<string, string | undefined>
  cwd?: string
}

/** A real process under test. */
export interface StartedProcess {
  pid: number
  /** Lines of stdout so far. */
  readonly lines: readonly string[]
  /** What it wrote to stderr so far. */
  readonly stderr: string
  /** The first line of stdout that matches, past or to come; rejects with stderr when the process ends first. */
  waitForLine(pattern: RegExp): Promise<string>
  /** Resolves with the exit code, or null when a signal ended it. */
  exited: Promise<number | null>
  send(line: string): void
  /** Sends the signal, by default SIGKILL, and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts a TypeScript file, relative to `import.meta.url`, from source as `npm run dev` does. */
export function startProcess(base: string, file: string, options: StartOptions = {}): StartedProcess {
  const path = fileURLToPath(new URL(file, base))
  return startProgram(process.execPath, { ...options, args: [...sourceFlags(base), path, ...(options.args ?? [])] })
}

/** Starts any program, for example a database. */
export function startProgram(program: string, { args = [], env = {}, cwd }: StartOptions = {}): StartedProcess {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let stderr = ''
  let ended = false
  const changed = () => {
    for (const look of [...waiting]) look()
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    changed()
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdin.on('error', () => {})
  const exited = new Promise<number | null>((resolve) => {
    const end = (code: number | null) => {
      ended = true
      resolve(code)
      changed()
    }
    child.once('close', end)
    child.once('error', (error) => {
      stderr += error.message
      end(null)
    })
  })
  return {
    pid: child.pid ?? 0,
    lines,
    get stderr() {
      return stderr
    },
    exited,
    waitForLine(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((text) => pattern.test(text))
          if (line === undefined && !ended) return
          waiting.delete(look)
          if (line !== undefined) resolve(line)
          else reject(new Error(`${program} ended before it printed ${pattern}: ${stderr}`))
        }
        waiting.add(look)
        look()
      })
    },
    send: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal = 'SIGKILL') => end(child, exited, signal),
  }
}

function end(child: ChildProcess, exited: Promise<number | null>, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  return exited
}
