import type { WaytraceEvent } from '../event/index.ts'

/** One accepted event: an entry of the log. Its position in the log is its number. */
export interface LogRecord {
  /** UTC ms when the broker or the HTTP shell took it. */
  receivedAt: number
  site: string
  /** Slug of the agent, or the name of the part at the centre. */
  agent: string
  event: WaytraceEvent
}

export function encodeLogRecord(record: LogRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record))
}

export function decodeLogRecord(bytes: Uint8Array): LogRecord {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
}
