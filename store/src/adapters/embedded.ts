import { orderNumber } from '@waytrace/standard'
import { decodeLogRecord } from '@waytrace/standard/journal'
import { namesOrder, orderUris } from '../event-facts.ts'
import { type LmdbFolder, openLmdbFolder } from '../lmdb-folder.ts'
import type { AcceptedEvent, EventStore, Page, ReadingPoint, ReadingQuery } from '../ports.ts'
import { answersQuery, byEventTime, bySeriesTime } from '../reading-order.ts'
import { decodeEventBlock, findInBlock } from './embedded/block.ts'
import { chunkOf, deviceKey, orderKey, positionOfOrderKey } from './embedded/index-keys.ts'
import { decodePoints } from './embedded/points.ts'
import { type EventTables, openEventTables } from './embedded/tables.ts'
import { blockOf, writeEvents } from './embedded/write.ts'

/**
 * Events and series in an LMDB folder. One process writes at a time; any number of processes and threads read while
 * it does, and see a batch whole or not at all. `path` is the folder, shared with `openKnowledge`. Caller closes.
 */
export function embeddedStore(path: string): EventStore {
  const folder = openLmdbFolder(path)
  const tables = openEventTables(folder)
  return {
    async write(batch) {
      commit(folder, tables, batch)
      return { accepted: batch.length, rejected: [] }
    },
    async eventsOfOrder(order, limit = Number.POSITIVE_INFINITY) {
      folder.refresh()
      return eventsOfOrder(tables, order, limit)
    },
    async events({ after, limit, device }) {
      folder.refresh()
      const from = after === undefined ? 0 : Number(after)
      return device === undefined ? pageOfAll(tables, from, limit) : pageOfDevice(tables, device, from, limit)
    },
    async readings(query) {
      folder.refresh()
      return readings(tables, query)
    },
    async count() {
      folder.refresh()
      return tables.state.get('count') ?? 0
    },
    close: () => folder.close(),
  }
}

function commit(folder: LmdbFolder, tables: EventTables, batch: readonly AcceptedEvent[]): void {
  try {
    folder.commit(() => writeEvents(tables, batch))
  } catch (error) {
    tables.names.forget()
    throw error
  }
}

function eventsOfOrder(tables: EventTables, order: string, limit: number): AcceptedEvent[] {
  const number = orderNumber(order)
  const found: AcceptedEvent[] = []
  const read = eventReader(tables)
  const range = {
    start: orderKey(number, 0, 0),
    end: orderKey(number, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  }
  for (const key of tables.orders.getKeys(range)) {
    const accepted = read(positionOfOrderKey(key))
    if (accepted === undefined || !orderUris(accepted.event).some((uri) => namesOrder(uri, order))) continue
    found.push(accepted)
    if (found.length >= limit) break
  }
  return found.sort(byEventTime)
}

function pageOfAll(tables: EventTables, from: number, limit: number): Page<AcceptedEvent> {
  const items: AcceptedEvent[] = []
  const start = blockOf(tables, from + 1)?.first ?? 0
  for (const { value } of tables.blocks.getRange({ start })) {
    const { positions, bytes } = decodeEventBlock(value)
    for (const [i, position] of positions.entries()) {
      if (position <= from) continue
      if (items.length >= limit) return { items, next: String(items.at(-1)?.position ?? from) }
      items.push(accept(position, bytes[i] ?? new Uint8Array()))
    }
  }
  return { items }
}

function pageOfDevice(tables: EventTables, device: string, from: number, limit: number): Page<AcceptedEvent> {
  const id = tables.names.find(device)
  if (id === undefined) return { items: [] }
  // An entry that begins before `from` may reach beyond it, so the last one before it is read too.
  let start = deviceKey(id, 0, 0)
  const before = { start: deviceKey(id, 0, from + 1), end: start, reverse: true, limit: 1 }
  for (const key of tables.devices.getKeys(before)) start = key
  const positions = new Set<number>()
  for (const { value } of tables.devices.getRange({ start, end: deviceKey(id, 1, 0) })) {
    for (let at = 0; at < value.length; at += 6) {
      const position = value.readUIntBE(at, 6)
      if (position > from) positions.add(position)
    }
    if (positions.size > limit) break
  }
  const sorted = [...positions].sort((a, b) => a - b)
  const read = eventReader(tables)
  const items = sorted.slice(0, limit).flatMap((position) => read(position) ?? [])
  const last = sorted[limit - 1]
  return sorted.length > limit && last !== undefined ? { items, next: String(last) } : { items }
}

function readings(tables: EventTables, query: ReadingQuery): ReadingPoint[] {
  const id = tables.names.find(query.device)
  if (id === undefined) return []
  const found: ReadingPoint[] = []
  const range = { start: deviceKey(id, chunkOf(query.from), 0), end: deviceKey(id, chunkOf(query.to) + 1, 0) }
  for (const { key, value } of tables.points.getRange(range)) {
    const points = decodePoints(value, query.device, key.readUIntBE(4, 6), tables.names)
    for (const point of points) if (answersQuery(point, query)) found.push(point)
  }
  return found.sort(bySeriesTime).slice(0, query.limit)
}

/** Reads events by number; keeps the last block, because neighbours are often asked for together. */
function eventReader(tables: EventTables) {
  let known: { first: number; block: Buffer } | undefined
  return (position: number): AcceptedEvent | undefined => {
    if (known === undefined || position < known.first || findInBlock(known.block, position) === undefined)
      known = blockOf(tables, position)
    const bytes = known === undefined ? undefined : findInBlock(known.block, position)
    return bytes === undefined ? undefined : accept(position, bytes)
  }
}

function accept(position: number, bytes: Uint8Array): AcceptedEvent {
  return { position, ...decodeLogRecord(bytes) }
}
