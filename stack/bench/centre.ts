import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@waytrace/standard/process'
import { freePort, startProgram } from '@waytrace/standard/testing'
import { profileOf, type Span } from './cpu-profile.ts'
import type { ThreadProfile } from './figure.ts'

/** The built `waytrace` command. */
export const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** `waytrace up` as production runs it: built, a process of its own, its data on disk. */
export interface Centre {
  mqttPort: number
  httpUrl: string
  pid: number
  /** From the start of the process to its ready line. */
  readyMs: number
  /** Processor time of all its threads so far, in seconds. */
  cpuSeconds(): number
  /** Where the time of each thread went; only of one started with `profile`. Ends the process. */
  profiles(span: Span): Promise<ThreadProfile[]>
  stop(): Promise<void>
}

export interface CentreOptions {
  data: string
  demo?: boolean
  profile?: boolean
  env?: Record<string, string>
  /** Default: a free one. */
  mqttPort?: number
}

export async function startCentre(options: CentreOptions): Promise<Centre> {
  const { data, demo = false, profile = false, env = {} } = options
  const [httpPort, mqttPort] = [await freePort(), options.mqttPort ?? (await freePort())]
  const folder = profile ? mkdtempSync(join(data, 'profile-')) : undefined
  const ports = ['--http-port', String(httpPort), '--mqtt-port', String(mqttPort)]
  const begun = performance.now()
  const child = startProgram(process.execPath, {
    args: [
      ...(folder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', '500']),
      MAIN,
      'up',
      '--data',
      data,
      ...ports,
      ...(demo ? [] : ['--no-demo']),
    ],
    env: { NODE_ENV: 'production', WAYTRACE_LOG_LEVEL: 'error', ...env },
  })
  await child.waitForLine(/ is ready/)
  const readyMs = performance.now() - begun
  const stop = async () => {
    await child.kill('SIGTERM')
  }
  return {
    mqttPort,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    pid: child.pid,
    readyMs,
    cpuSeconds: () => cpuSeconds(child.pid),
    stop,
    async profiles(span) {
      await stop()
      if (folder === undefined) return []
      return readdirSync(folder).map((file) => profileOf(readFileSync(join(folder, file), 'utf8'), span))
    },
  }
}

/** proc(5): utime and stime are fields 14 and 15, in ticks of 10 ms; the name before them may hold spaces. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Waits until `done`, and says when it was, in UTC ms. Throws after `timeoutMs`. */
export async function whenDone(done: () => boolean, timeoutMs: number, what: () => string): Promise<number> {
  const clock = systemClock()
  const deadline = clock.now() + timeoutMs
  while (!done()) {
    if (clock.now() > deadline) throw new Error(`not done after ${timeoutMs / 1000} s: ${what()}`)
    await clock.sleep(10)
  }
  return clock.now()
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
}
