import { parentPort, type Worker, workerData } from 'node:worker_threads'
import type { PartHealth } from '@waytrace/dashboards'
import { type Clock, type Log, startWorker } from '@waytrace/standard/process'
import type { WaytraceConfig } from '../config.ts'
import { type DataFolder, openDataFolder } from '../data-folder.ts'
import { clockOf, type SharedClock } from './clock.ts'
import { stderrLog } from './log.ts'

/** What a thread needs to open the same data folder on the same clock. */
export interface ThreadData {
  config: WaytraceConfig
  clock: SharedClock | undefined
}

/** Three semi-spaces of 64 MB: 10 % less processor time per event in the store's thread (measured, 200,000 events). */
const YOUNG_MB = 192

type Message = { started?: true; health?: PartHealth; fatal?: string }

/** Runs a module beside this one in a worker thread, as a part. `fail` hears of a thread that ended by itself. */
export function partThread(name: string, module: string, data: ThreadData, fail: (error: unknown) => void) {
  let worker: Worker | undefined
  let stopping = false
  let health: PartHealth = { name, state: 'down', reasons: ['not started'], figures: {} }
  return {
    health: () => health,
    start() {
      return new Promise<void>((resolve, reject) => {
        const made = startWorker(import.meta.url, module, data, { name, youngGenerationMb: YOUNG_MB })
        worker = made
        made.on('message', (message: Message) => {
          health = message.health ?? health
          if (message.started) resolve()
          if (message.fatal !== undefined) fail(new Error(message.fatal))
        })
        made.on('error', (error) => {
          reject(error)
          fail(error)
        })
        made.on('exit', (code) => {
          if (!stopping) fail(new Error(`the ${name} thread ended with code ${code}`))
        })
      })
    },
    stop() {
      const running = worker
      if (running === undefined || stopping) return Promise.resolve()
      stopping = true
      return new Promise<void>((resolve) => {
        running.on('exit', () => resolve())
        running.postMessage('stop')
      })
    },
  }
}

/** What the body of such a thread is given. */
export interface ThreadPorts {
  folder: DataFolder
  clock: Clock
  log: Log
  fail: (error: unknown) => void
}

interface ThreadPart {
  start(): Promise<void>
  stop(): Promise<void>
  health(): PartHealth
}

/** The other side of `partThread`: opens the data folder, runs the part until it is told to stop, tells its health. */
export async function runInThread<D extends ThreadData>(
  name: string,
  make: (data: D, ports: ThreadPorts) => ThreadPart,
) {
  const port = parentPort
  if (port === null) throw new Error('this module is the entry of a worker thread')
  const data = workerData as D
  const clock = clockOf(data.clock)
  const folder = await openDataFolder(data.config, clock)
  const log = stderrLog(name, data.config.logLevel)
  const part = make(data, { folder, clock, log, fail: (error) => port.postMessage({ fatal: String(error) }) })
  await part.start()
  const beat = clock.every(1000, () => port.postMessage({ health: part.health() }))
  port.on('message', async () => {
    beat.cancel()
    await part.stop()
    await folder.close()
    port.close()
  })
  port.postMessage({ started: true, health: part.health() })
}
