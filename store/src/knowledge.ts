import type { Database } from 'lmdb'
import { custodyBook } from './custody/book.ts'
import { deadLetters, openDeadLetterTables } from './dead-letters.ts'
import { isOrderUri } from './event-facts.ts'
import { identities, openIdentityTables } from './identities.ts'
import { openLmdbFolder } from './lmdb-folder.ts'
import type { Knowledge } from './ports.ts'
import { openProjectionTables, projection } from './projection.ts'
import { deviceBook } from './projections/device-book.ts'
import { deviceControl } from './projections/device-control.ts'
import { findOrders, orderBook } from './projections/order-book.ts'

/**
 * Opens all that is known at one deployment. `path` is a folder, shared with `embeddedStore`; one process applies the
 * projection, any number read. Caller closes.
 */
export async function openKnowledge(path: string): Promise<Knowledge> {
  const folder = openLmdbFolder(path)
  const tables = openProjectionTables(folder.root)
  const { refresh } = folder
  const uriOf = (order: string) => {
    const found = findOrders(tables.orders, order).map(({ uri }) => uri)
    return found.length === 0 && isOrderUri(order) ? [order] : found
  }
  return {
    orders: orderBook(tables.orders, refresh),
    devices: deviceBook(tables.devices, refresh),
    control: deviceControl(tables.control, refresh),
    custody: custodyBook(tables.custody, uriOf, refresh),
    identities: identities(folder, openIdentityTables(folder.root)),
    deadLetters: deadLetters(folder, openDeadLetterTables(folder.root)),
    projection: projection(folder, tables),
    async rebuild() {
      const { orders, devices, control, custody, carriers, carrierHeads, state, faults } = tables
      const derived = [orders, devices, control, custody].flatMap((tables) => Object.values(tables) as Database[])
      // In one commit: a rebuild that dies half way has dropped all of it or nothing.
      folder.commit(() => {
        for (const table of [...derived, carriers, carrierHeads, state, faults]) table.clearSync()
      })
    },
    close: () => folder.close(),
  }
}
