import type { LmdbFolder } from '../../lmdb-folder.ts'
import { names } from './names.ts'

export type EventTables = ReturnType<typeof openEventTables>

/** The LMDB tables of the embedded event store. */
export function openEventTables({ root }: LmdbFolder) {
  return {
    /** First position -> block of events. */
    blocks: root.openDB<Buffer, number>({ name: 'event-blocks', encoding: 'binary', compression: true }),
    /** `orderKey` -> nothing. */
    orders: root.openDB<Buffer, Buffer>({ name: 'event-orders', encoding: 'binary', keyEncoding: 'binary' }),
    /** `deviceKey(device, chunk, first)` -> packed points. */
    points: root.openDB<Buffer, Buffer>({ name: 'event-points', encoding: 'binary', keyEncoding: 'binary' }),
    /** `deviceKey(device, 0, first)` -> u48 positions. */
    devices: root.openDB<Buffer, Buffer>({ name: 'event-devices', encoding: 'binary', keyEncoding: 'binary' }),
    state: root.openDB<number, string>({ name: 'event-state', encoding: 'json' }),
    names: names(
      root.openDB<number, string>({ name: 'event-name-ids', encoding: 'json' }),
      root.openDB<string, number>({ name: 'event-name-texts', encoding: 'string' }),
    ),
  }
}
