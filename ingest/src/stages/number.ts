import type { Journal } from '@waytrace/standard/journal'

/** Who an accepted event is of, as its log record says. */
export interface RecordHead {
  receivedAt: number
  site: string
  agent: string
}

const CLOSE = 0x7d

/**
 * A log record around the event's own JSON: what `encodeLogRecord` writes, without writing the event anew (3.4 us an
 * event), and with the sender's number formats kept.
 */
export function encodeAccepted({ receivedAt, site, agent }: RecordHead, json: Uint8Array): Uint8Array {
  // Site and agent are slugs, so they need no escapes.
  const head = `{"receivedAt":${receivedAt},"site":"${site}","agent":"${agent}","event":`
  const record = Buffer.allocUnsafe(head.length + json.length + 1)
  record.write(head, 0, 'latin1')
  record.set(json, head.length)
  record[record.length - 1] = CLOSE
  return record
}

/**
 * Gives accepted events their numbers: their positions in the log, in the order they were taken. Resolves with the first
 * one when all are on disk. Waits while the log is full.
 */
export function number(log: Pick<Journal, 'appendAll'>, encoded: readonly Uint8Array[]): Promise<number> {
  return log.appendAll(encoded)
}
