import { dedupKey, type WaytraceEvent } from '@waytrace/standard'
import { decodeLogRecord, openJournal } from '@waytrace/standard/journal'
import { embeddedStore, openKnowledge } from '@waytrace/store'
import { folders } from '../../src/data-folder.ts'
import type { Tracker } from './trackers.ts'

/** What became of the records that the agent acknowledged. */
export interface Balance {
  /** Records the devices wrote to a socket, those sent again counted again. */
  sent: number
  /** Records the agent acknowledged: what the chain has promised to keep. */
  accepted: number
  /** Of them, in the embedded store. */
  stored: number
  /** Acknowledged records that are not in the store. */
  lost: number
  /** Entries of log or store beyond the first with one dedup key, and beyond the first of one record. */
  doubled: number
  /** Dead letters. */
  refused: number
}

/**
 * Compares devices with log and store. The truth is what the agent acknowledged; a record is known by device and time,
 * an event by its dedup key. An unacknowledged record may be stored or not, but never twice: its event's id comes from
 * its content, so that a record a device sends again is the same event.
 */
export async function balanceOf(trackers: readonly Tracker[], data: string): Promise<Balance> {
  const logged = await ledger(logEvents(data))
  const stored = await ledger(storeEvents(data))
  let accepted = 0
  let found = 0
  for (const { urn, acknowledged } of trackers)
    for (const at of acknowledged) {
      accepted++
      if (stored.records.has(recordKey(urn, at))) found++
    }
  return {
    sent: trackers.reduce((sum, { sent }) => sum + sent, 0),
    accepted,
    stored: found,
    lost: accepted - found,
    doubled: logged.doubled + stored.doubled,
    refused: await deadLetters(data),
  }
}

/** The one line each fault test prints. */
export function printBalance(fault: string, { sent, accepted, stored, lost, doubled }: Balance, more = ''): void {
  process.stdout.write(
    `${fault}: ${sent} sent / ${accepted} accepted / ${stored} stored / ${lost} lost / ${doubled} doubled${more}\n`,
  )
}

function recordKey(urn: string, at: number): string {
  return `${urn} ${at}`
}

async function ledger(events: AsyncIterable<WaytraceEvent>) {
  const keys = new Set<string>()
  const records = new Set<string>()
  let doubled = 0
  for await (const event of events) {
    const key = dedupKey(event)
    const record = event.deviceid === undefined ? key : recordKey(event.deviceid, Date.parse(event.time))
    if (keys.has(key) || (event.type === 'waytrace.object.v1' && records.has(record))) doubled++
    keys.add(key)
    if (event.type === 'waytrace.object.v1') records.add(record)
  }
  return { records, doubled }
}

async function deadLetters(data: string): Promise<number> {
  const knowledge = await openKnowledge(folders(data).store)
  try {
    return knowledge.deadLetters.count()
  } finally {
    await knowledge.close()
  }
}

export async function* logEvents(data: string): AsyncGenerator<WaytraceEvent> {
  const log = openLog(data)
  try {
    let at = log.stats().first
    for (;;) {
      const entries = log.read(at, 5000)
      if (entries.length === 0) return
      for (const { bytes } of entries) yield decodeLogRecord(bytes).event
      at = (entries.at(-1)?.position ?? 0) + 1
    }
  } finally {
    await log.close()
  }
}

export async function* storeEvents(data: string): AsyncGenerator<WaytraceEvent> {
  const store = embeddedStore(folders(data).store)
  try {
    let after: string | undefined
    do {
      const page = await store.events({ after, limit: 5000 })
      for (const { event } of page.items) yield event
      after = page.next
    } while (after !== undefined)
  } finally {
    await store.close()
  }
}

/** The log, opened beside the processes that use it. Caller closes. */
export function openLog(data: string) {
  return openJournal({ path: folders(data).log, maxBytes: 17_179_869_184, reserveBytes: 0, onFull: 'wait' })
}
