import type { Worker } from 'node:worker_threads'
import type { PartHealth } from '@waytrace/dashboards'
import { startWorker } from '@waytrace/standard/process'
import type { IngestWorkerData } from './ingest-worker.ts'

type Message = { started?: true; stopped?: true; health?: PartHealth; fatal?: string }

/** Ingest in a worker thread, as a part of this process. `fail` hears of a thread that ended by itself. */
export function ingestThread(data: IngestWorkerData, fail: (error: unknown) => void) {
  let worker: Worker | undefined
  let stopping = false
  let health: PartHealth = { name: 'ingest', state: 'down', reasons: ['not started'], figures: {} }
  return {
    health: () => health,
    start() {
      return new Promise<void>((resolve, reject) => {
        const made = startWorker(import.meta.url, './ingest-worker', data, { name: 'ingest' })
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
          if (!stopping) fail(new Error(`the ingest thread ended with code ${code}`))
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
