import { exampleOrder, exampleTime, objectEvent, readingEvent } from '@waytrace/standard/testing'
import { afterEach, describe, expect, test } from 'vitest'
import type { AcceptedEvent, EventStore } from '../ports.ts'

export interface StoreContract {
  /** Opens the store. With `again`, the same data after its process died: what was acknowledged must be there. */
  open(again?: boolean): Promise<EventStore>
  /** Clears what `open` made; called after each test. */
  cleanUp?(): Promise<void>
  /** False for a store that keeps series and the events of orders, but cannot list all events by number. */
  listsEvents?: boolean
}

/** What every `EventStore` promises. A store's whole test is this call. */
export function storeContract(name: string, { open, cleanUp, listsEvents = true }: StoreContract) {
  describe(`${name} as an event store`, () => {
    const opened: EventStore[] = []
    const start = async (again = false) => {
      const store = await open(again)
      opened.push(store)
      return store
    }
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close()
      await cleanUp?.()
    })

    test('reads its own write as soon as the write resolves', async () => {
      const store = await start()
      const [scan, reading] = [orderScan(1, 'A', 10), temperature(2, 20)]
      expect(await store.write([scan, reading])).toEqual({ accepted: 2, rejected: [] })
      expect(await store.eventsOfOrder('ORD-A')).toEqual([scan])
      expect(await store.readings(seriesOf(reading))).toMatchObject([{ value: 4.2, unit: 'CEL', type: 'Temperature' }])
      expect(await store.count()).toBe(2)
    })

    test('finds an order by its number and by its URI, and no other', async () => {
      const store = await start()
      await store.write([orderScan(1, 'A', 1), orderScan(2, 'AA', 2), orderScan(3, 'B', 3)])
      expect(positions(await store.eventsOfOrder('ORD-A'))).toEqual([1])
      expect(positions(await store.eventsOfOrder(exampleOrder('AA')))).toEqual([2])
      expect(await store.eventsOfOrder('ORD-C')).toEqual([])
      expect(await store.eventsOfOrder("ORD-A' OR '1'='1")).toEqual([])
    })

    test('gives the events of an order by event time, however they arrived', async () => {
      const store = await start()
      await store.write([orderScan(1, 'A', 300), orderScan(2, 'A', 100)])
      await store.write([orderScan(3, 'A', 200)])
      expect(positions(await store.eventsOfOrder('ORD-A'))).toEqual([2, 3, 1])
      expect(positions(await store.eventsOfOrder('ORD-A', 2))).toEqual([2, 3])
    })

    test('keeps every event of one order at one millisecond, by number', async () => {
      const store = await start()
      const batch = [1, 2, 3, 4, 5].map((position) => orderScan(position, 'A', 7))
      await store.write(batch)
      expect(await store.eventsOfOrder('ORD-A')).toEqual(batch)
    })

    test('gives an event that names a hundred orders to each of them', async () => {
      const store = await start()
      const departure = accept(1, departureOf(100, 50))
      await store.write([departure, orderScan(2, 7, 60)])
      expect(await store.eventsOfOrder('ORD-0')).toEqual([departure])
      expect(positions(await store.eventsOfOrder('ORD-7'))).toEqual([1, 2])
      expect(await store.eventsOfOrder('ORD-99')).toEqual([departure])
      expect(await store.count()).toBe(2)
    })

    test('writing the same events again, cut differently, leaves one of each', async () => {
      const store = await start()
      const all = [orderScan(1, 'A', 1), temperature(2, 2), accept(3, departureOf(8, 3)), temperature(4, 4)]
      await store.write(all.slice(0, 3))
      await store.write(all)
      await store.write(all.slice(1))
      expect(await store.count()).toBe(4)
      expect(positions(await store.eventsOfOrder('ORD-1'))).toEqual([3])
      expect(await store.readings(seriesOf(temperature(2, 2)))).toHaveLength(2)
    })

    test('holds what it acknowledged when it is opened again', async () => {
      const before = await start()
      const batch = [orderScan(1, 'A', 1), temperature(2, 2)]
      await before.write(batch)
      const after = await start(true)
      expect(await after.eventsOfOrder('ORD-A')).toEqual([batch[0]])
      expect(await after.count()).toBe(2)
      await after.write(batch)
      expect(await after.count()).toBe(2)
      await after.write([orderScan(3, 'A', 3)])
      expect(positions(await after.eventsOfOrder('ORD-A'))).toEqual([1, 3])
    })

    test('gives a series by time, within its limits, for one type and channel', async () => {
      const store = await start()
      const two = temperature(4, 90)
      two.event = readingEvent({
        time: exampleTime(90),
        data: {
          sensorElementList: [
            {
              sensorReport: [
                { type: 'Temperature', value: -18.5, uom: 'CEL', 'wt:channel': 'rear' },
                { type: 'Temperature', exception: 'ERROR_CONDITION', 'wt:channel': 'front' },
                { type: 'wt:DoorOpen', booleanValue: true },
              ],
            },
          ],
        },
      })
      await store.write([temperature(1, 30), temperature(2, 10), temperature(3, 20), two])
      const query = seriesOf(two)
      expect(
        (await store.readings({ ...query, type: 'Temperature', channel: '' })).map(({ position }) => position),
      ).toEqual([2, 3, 1])
      expect(await store.readings({ ...query, type: 'Temperature', channel: 'rear' })).toMatchObject([{ value: -18.5 }])
      const [failed] = await store.readings({ ...query, channel: 'front' })
      expect(failed).toMatchObject({ exception: 'ERROR_CONDITION', position: 4 })
      expect(failed).not.toHaveProperty('value')
      expect(await store.readings({ ...query, type: 'wt:DoorOpen' })).toMatchObject([{ value: 1 }])
      const middle = Date.parse(exampleTime(20))
      expect(await store.readings({ ...query, from: middle, to: middle })).toMatchObject([{ at: middle, position: 3 }])
      expect(await store.readings({ ...query, limit: 2 })).toHaveLength(2)
      expect(await store.readings({ ...query, device: 'urn:none' })).toEqual([])
    })

    test('takes texts as they are: quotes, line ends, backslashes, commas and other scripts', async () => {
      const store = await start()
      const odd = `it's "so", a\\b=c d\n\t订单`
      const event = accept(
        1,
        objectEvent({ time: exampleTime(1), orderid: exampleOrder(odd), data: { 'wt:note': odd } }),
      )
      await store.write([event, temperature(2, 2, { channel: `rear, "left"=1\\ 左` })])
      expect(await store.eventsOfOrder(`ORD-${odd}`)).toEqual([event])
      const [point] = await store.readings(seriesOf(temperature(2, 2)))
      expect(point?.channel).toBe(`rear, "left"=1\\ 左`)
    })

    if (!listsEvents) return

    test('pages all events by number, each once', async () => {
      const store = await start()
      const batch = Array.from({ length: 25 }, (_, i) => (i % 2 ? orderScan(i + 1, i, 100 - i) : temperature(i + 1, i)))
      await store.write(batch)
      const seen: AcceptedEvent[] = []
      let after: string | undefined
      for (let pages = 0; pages < 10; pages++) {
        const page = await store.events({ limit: 7, ...(after === undefined ? {} : { after }) })
        seen.push(...page.items)
        after = page.next
        if (after === undefined) break
      }
      expect(seen).toEqual(batch)
    })

    test('pages the events of one device', async () => {
      const store = await start()
      const of = (position: number, deviceid: string) =>
        accept(position, objectEvent({ deviceid, orderid: exampleOrder(1) }))
      const batch = Array.from({ length: 9 }, (_, i) => of(i + 1, `urn:test:device-${i % 2}`))
      await store.write(batch.slice(0, 5))
      await store.write(batch.slice(5))
      const first = await store.events({ device: 'urn:test:device-1', limit: 3 })
      expect(positions(first.items)).toEqual([2, 4, 6])
      const second = await store.events({
        device: 'urn:test:device-1',
        limit: 3,
        ...(first.next ? { after: first.next } : {}),
      })
      expect(positions(second.items)).toEqual([8])
      expect(second.next).toBeUndefined()
    })
  })
}

/** An event as the log hands it to a store. */
export function accept(position: number, event: AcceptedEvent['event']): AcceptedEvent {
  return { position, receivedAt: Date.UTC(2026, 0, 15, 9) + position, site: 'wh1', agent: 'edge1', event }
}

function orderScan(position: number, order: number | string, seconds: number): AcceptedEvent {
  return accept(position, objectEvent({ time: exampleTime(seconds), orderid: exampleOrder(order) }))
}

function temperature(position: number, seconds: number, { channel }: { channel?: string } = {}): AcceptedEvent {
  const event = readingEvent({ time: exampleTime(seconds) })
  const report = event.data.sensorElementList?.[0]?.sensorReport[0]
  if (report !== undefined && channel !== undefined) report['wt:channel'] = channel
  return accept(position, event)
}

function departureOf(orders: number, seconds: number) {
  return objectEvent({
    time: exampleTime(seconds),
    orderid: exampleOrder(0),
    data: {
      bizStep: 'departing',
      bizTransactionList: Array.from({ length: orders }, (_, i) => ({ type: 'po', bizTransaction: exampleOrder(i) })),
    },
  })
}

function seriesOf({ event }: AcceptedEvent) {
  return { device: event.deviceid ?? '', from: Date.parse(exampleTime(0)), to: Date.parse(exampleTime(100_000)) }
}

function positions(events: readonly AcceptedEvent[]): number[] {
  return events.map(({ position }) => position)
}
