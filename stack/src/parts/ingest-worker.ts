import { ingestPart } from './ingest.ts'
import { runInThread, type ThreadData } from './part-thread.ts'

/** What the main thread gives this one. */
export interface IngestThreadData extends ThreadData {
  brokerUrl: string
}

/** Ingest in a thread of its own, so that the broker's acknowledgements do not wait for validation (ADR 3). */
await runInThread<IngestThreadData>('ingest', ({ config, clock: shared, brokerUrl }, ports) =>
  ingestPart(config, ports.folder, { ...ports, shared, brokerUrl }),
)
