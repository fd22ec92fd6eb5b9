import { OpsError } from '@waytrace/standard'
import { encodeLogRecord, type Journal } from '@waytrace/standard/journal'
import type { Accepted } from './judged.ts'

/** The bytes of an accepted event as the log keeps it. Throws `OpsError('EVENT_INVALID')`. */
export function encodeAccepted(accepted: Accepted): Uint8Array {
  try {
    return encodeLogRecord(accepted)
  } catch (cause) {
    throw new OpsError('EVENT_INVALID', 'the event cannot be written as JSON', { cause })
  }
}

/**
 * Gives accepted events their numbers: their positions in the log, in the order they were taken. Resolves with the first
 * one when all are on disk. Waits while the log is full.
 */
export function number(log: Pick<Journal, 'appendAll'>, encoded: readonly Uint8Array[]): Promise<number> {
  return log.appendAll(encoded)
}
