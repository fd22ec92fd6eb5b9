import { orderNumber } from '@waytrace/standard'
import { encodeLogRecord } from '@waytrace/standard/journal'
import { devicesOf, eventMs, orderUris, readingPoints } from '../../event-facts.ts'
import type { AcceptedEvent, ReadingPoint } from '../../ports.ts'
import { decodeEventBlock, type EventBlock, encodeEventBlock, findInBlock } from './block.ts'
import { chunkOf, deviceKey, orderKey } from './index-keys.ts'
import { encodePoints } from './points.ts'
import type { EventTables } from './tables.ts'

/** Blocks are filled up to this; small writes rewrite the newest block until it is full. */
const BLOCK_BYTES = 16_000
const NOTHING = Buffer.alloc(0)

/** Stores what is not stored yet. Runs inside a commit: all of the batch or none. */
export function writeEvents(tables: EventTables, batch: readonly AcceptedEvent[]): void {
  const last = tables.state.get('last') ?? 0
  const fresh = onlyFresh(tables, batch, last)
  if (fresh.length === 0) return
  storeBlocks(tables, fresh, last)
  for (const accepted of fresh) {
    const ms = eventMs(accepted)
    for (const uri of orderUris(accepted.event))
      void tables.orders.put(orderKey(orderNumber(uri), ms, accepted.position), NOTHING)
  }
  storePoints(tables, fresh)
  storeDevices(tables, fresh)
  void tables.state.put('count', (tables.state.get('count') ?? 0) + fresh.length)
  void tables.state.put('last', Math.max(last, fresh.at(-1)?.position ?? 0))
}

/** The block that would hold a position, by its first position. */
export function blockOf(tables: EventTables, position: number): { first: number; block: Buffer } | undefined {
  for (const { key, value } of tables.blocks.getRange({ start: position, reverse: true, limit: 1 }))
    return { first: key, block: value }
  return undefined
}

function onlyFresh(tables: EventTables, batch: readonly AcceptedEvent[], last: number): AcceptedEvent[] {
  const seen = new Set<number>()
  const fresh: AcceptedEvent[] = []
  for (const accepted of batch) {
    const { position } = accepted
    if (seen.has(position)) continue
    seen.add(position)
    if (position <= last) {
      const found = blockOf(tables, position)
      if (found !== undefined && findInBlock(found.block, position) !== undefined) continue
    }
    fresh.push(accepted)
  }
  return fresh.sort((a, b) => a.position - b.position)
}

function storeBlocks(tables: EventTables, fresh: readonly AcceptedEvent[], last: number): void {
  const newest = blockOf(tables, Number.MAX_SAFE_INTEGER)
  let first = newest?.first
  let size = newest?.block.length ?? 0
  let open: EventBlock | undefined =
    newest !== undefined && size < BLOCK_BYTES ? decodeEventBlock(newest.block) : undefined
  const flush = () => {
    if (open !== undefined && first !== undefined) void tables.blocks.put(first, encodeEventBlock(open))
  }
  for (const accepted of fresh) {
    const { position } = accepted
    const bytes = accepted.bytes ?? encodeLogRecord(recordOf(accepted))
    if (position <= last) insertOld(tables, position, bytes)
    else {
      if (open === undefined || size + bytes.length > BLOCK_BYTES) {
        flush()
        open = { positions: [], bytes: [] }
        first = position
        size = 0
      }
      open.positions.push(position)
      open.bytes.push(bytes)
      size += bytes.length
    }
  }
  flush()
}

/** A number older than the newest: only a repair brings one. */
function insertOld(tables: EventTables, position: number, bytes: Uint8Array): void {
  const found = blockOf(tables, position)
  const block = found === undefined ? { positions: [], bytes: [] } : decodeEventBlock(found.block)
  const at = block.positions.findIndex((other) => other > position)
  const index = at < 0 ? block.positions.length : at
  block.positions.splice(index, 0, position)
  block.bytes.splice(index, 0, bytes)
  void tables.blocks.put(found?.first ?? position, encodeEventBlock(block))
}

function storePoints(tables: EventTables, fresh: readonly AcceptedEvent[]): void {
  const chunks = new Map<string, Map<number, ReadingPoint[]>>()
  for (const accepted of fresh)
    for (const point of readingPoints(accepted)) {
      const chunk = chunkOf(point.at)
      const ofDevice = chunks.get(point.device) ?? new Map<number, ReadingPoint[]>()
      chunks.set(point.device, ofDevice)
      const points = ofDevice.get(chunk)
      if (points === undefined) ofDevice.set(chunk, [point])
      else points.push(point)
    }
  for (const [device, ofDevice] of chunks) {
    const id = tables.names.idOf(device)
    for (const [chunk, points] of ofDevice)
      void tables.points.put(deviceKey(id, chunk, points[0]?.position ?? 0), encodePoints(points, chunk, tables.names))
  }
}

function storeDevices(tables: EventTables, fresh: readonly AcceptedEvent[]): void {
  const positions = new Map<string, number[]>()
  for (const { event, position } of fresh)
    for (const device of devicesOf(event)) {
      const list = positions.get(device)
      if (list === undefined) positions.set(device, [position])
      else list.push(position)
    }
  for (const [device, list] of positions) {
    const packed = Buffer.allocUnsafe(6 * list.length)
    for (const [i, position] of list.entries()) packed.writeUIntBE(position, 6 * i, 6)
    void tables.devices.put(deviceKey(tables.names.idOf(device), 0, list[0] ?? 0), packed)
  }
}

function recordOf({ receivedAt, site, agent, event }: AcceptedEvent) {
  return { receivedAt, site, agent, event }
}
