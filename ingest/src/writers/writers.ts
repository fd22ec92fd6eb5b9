import { ingestConfig } from '../config.ts'
import type { IngestPorts } from '../ports.ts'
import { storeWriter } from './store-writer.ts'

export type WriterSetPorts = Pick<IngestPorts, 'log' | 'stores' | 'clock' | 'logger'> & {
  knowledge: Pick<IngestPorts['knowledge'], 'deadLetters' | 'projection'>
}

/** Everything that reads the log into stores, each store by its own cursor. */
export interface Writers {
  start(): Promise<void>
  /** Finishes the batches in hand. */
  stop(): Promise<void>
  /** Why a store does not get on, if one does not. */
  reasons(): string[]
  /** Events of the log that each store does not have yet. */
  behind(): Record<string, number>
}

/**
 * The store writers alone: inside `createIngest` when it is given stores, or in a thread of their own beside it, so that
 * accepting events does not wait for indexes.
 */
export function createWriters(options: { writeEvents?: number }, ports: WriterSetPorts): Writers {
  const config = { writeEvents: options.writeEvents ?? ingestConfig.shape.writeEvents.parse(undefined) }
  const { stores, knowledge, log } = ports
  const { projection } = knowledge
  const writers = [
    stores.store && storeWriter('store', config, { ...ports, store: stores.store, projection }),
    stores.influx && storeWriter('influx', config, { ...ports, store: stores.influx }),
  ].filter((writer) => writer !== undefined)
  return {
    async start() {
      for (const writer of writers) await writer.start()
    },
    async stop() {
      await Promise.all(writers.map((writer) => writer.stop()))
    },
    reasons: () => writers.flatMap((writer) => writer.reasons()),
    behind() {
      const { last } = log.stats()
      return Object.fromEntries(writers.map((writer) => [writer.name, last - writer.position]))
    },
  }
}
