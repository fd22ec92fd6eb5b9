import { isEpcis, orderNumber } from '@waytrace/standard'
import { decodeLogRecord } from '@waytrace/standard/journal'
import { eventMs, orderUris } from '../../event-facts.ts'
import type { LmdbFolder } from '../../lmdb-folder.ts'
import { decodeEventBlock, encodeEventBlock } from './block.ts'
import { chunkOf, deviceKey, orderKey } from './index-keys.ts'
import type { EventTables } from './tables.ts'

/** What is too old, in UTC ms; an absent class is kept for ever. */
export interface TooOld {
  /** Measurements, and events that only report measurements. */
  readingsBefore?: number
  /** Every event, by when it was received. */
  eventsBefore?: number
}

/** Deletes at most `blocks` blocks of events and as many chunks of readings. True when there may be more. */
export function purgeStep(
  folder: LmdbFolder,
  tables: EventTables,
  { readingsBefore, eventsBefore }: TooOld,
  blocks: number,
): boolean {
  return folder.commit(() => {
    let more = false
    if (eventsBefore !== undefined) more = purgeEvents(tables, eventsBefore, blocks) || more
    if (readingsBefore !== undefined) {
      more = purgeReadingEvents(tables, readingsBefore, blocks) || more
      more = purgePoints(tables, chunkOf(readingsBefore), blocks) || more
    }
    return more
  })
}

function purgeEvents(tables: EventTables, before: number, blocks: number): boolean {
  let gone = 0
  let events = 0
  for (const { key, value } of [...tables.blocks.getRange({ limit: blocks })]) {
    const { bytes, positions } = decodeEventBlock(value)
    const records = bytes.map(decodeLogRecord)
    if (records.some(({ receivedAt }) => receivedAt >= before)) break
    for (const [i, record] of records.entries())
      for (const uri of orderUris(record.event))
        void tables.orders.remove(orderKey(orderNumber(uri), eventMs(record), positions[i] ?? 0))
    void tables.blocks.remove(key)
    void tables.state.put('purgedTo', positions.at(-1) ?? 0)
    gone += 1
    events += positions.length
  }
  if (events > 0) void tables.state.put('count', (tables.state.get('count') ?? 0) - events)
  return gone === blocks || purgeDevices(tables, blocks)
}

/** Lists of a device's events that lie wholly before what is kept. */
function purgeDevices(tables: EventTables, limit: number): boolean {
  const purgedTo = tables.state.get('purgedTo') ?? 0
  let gone = 0
  let next = deviceKey(0, 0, 0)
  for (;;) {
    const [entry] = [...tables.devices.getRange({ start: next, limit: 1 })]
    if (entry === undefined) return false
    const { key, value } = entry
    const device = key.readUInt32BE(0)
    if (value.readUIntBE(value.length - 6, 6) > purgedTo) next = deviceKey(device + 1, 0, 0)
    else {
      void tables.devices.remove(key)
      next = key
      gone += 1
      if (gone >= limit) return true
    }
  }
}

/** Takes events that only report measurements out of old blocks; those of orders stay. */
function purgeReadingEvents(tables: EventTables, before: number, blocks: number): boolean {
  const start = (tables.state.get('readingsPurgedTo') ?? 0) + 1
  let seen = 0
  let events = 0
  for (const { key, value } of [...tables.blocks.getRange({ start, limit: blocks })]) {
    const { positions, bytes } = decodeEventBlock(value)
    const records = bytes.map(decodeLogRecord)
    if (records.some(({ receivedAt }) => receivedAt >= before)) break
    const kept = records.flatMap((record, i) => (onlyMeasures(record.event) ? [] : [i]))
    events += positions.length - kept.length
    if (kept.length === 0) void tables.blocks.remove(key)
    else if (kept.length < positions.length)
      void tables.blocks.put(
        key,
        encodeEventBlock({
          positions: kept.map((i) => positions[i] ?? 0),
          bytes: kept.map((i) => bytes[i] ?? new Uint8Array()),
        }),
      )
    void tables.state.put('readingsPurgedTo', key)
    seen += 1
  }
  if (events > 0) void tables.state.put('count', (tables.state.get('count') ?? 0) - events)
  return seen === blocks
}

function purgePoints(tables: EventTables, chunk: number, limit: number): boolean {
  let gone = 0
  let next = deviceKey(0, 0, 0)
  for (;;) {
    const [key] = [...tables.points.getKeys({ start: next, limit: 1 })]
    if (key === undefined) return false
    if (key.readUIntBE(4, 6) >= chunk) next = deviceKey(key.readUInt32BE(0) + 1, 0, 0)
    else {
      void tables.points.remove(key)
      next = key
      gone += 1
      if (gone >= limit) return true
    }
  }
}

function onlyMeasures(event: ReturnType<typeof decodeLogRecord>['event']): boolean {
  return isEpcis(event) && event.data.sensorElementList !== undefined && orderUris(event).length === 0
}
