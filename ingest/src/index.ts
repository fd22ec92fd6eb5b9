export { createIngest, type Ingest, type IngestStats, RAW_CURSOR } from './app.ts'
export { type IngestConfig, type IngestOptions, ingestConfig } from './config.ts'
export type { Command, Downlink, IngestPorts, Log, Mark } from './ports.ts'
