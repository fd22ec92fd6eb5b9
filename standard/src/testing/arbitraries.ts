import fc from 'fast-check'
import { type AgentAddress, type DeviceAddress, QUANTITIES, type WaytraceEvent } from '../event/index.ts'
import { aggregationEvent, exampleOrder, exampleSscc, exampleTime, objectEvent, readingEvent } from './builders.ts'

/** A slug `[a-z0-9-]{1,32}`. */
export const arbitrarySlug: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-'), { minLength: 1, maxLength: 32 })
  .map((letters) => letters.join(''))

export const arbitraryAgent: fc.Arbitrary<AgentAddress> = fc.record({ site: arbitrarySlug, agent: arbitrarySlug })

export const arbitraryDevice: fc.Arbitrary<DeviceAddress> = fc.record({
  site: arbitrarySlug,
  agent: arbitrarySlug,
  kind: arbitrarySlug,
  device: arbitrarySlug,
})

/** Seconds of the example month. */
const seconds = fc.integer({ min: 0, max: 30 * 86_400 })
const order = fc.integer({ min: 1, max: 50 }).map(exampleOrder)
const packages = fc.uniqueArray(fc.integer({ min: 1, max: 999 }).map(exampleSscc), { minLength: 1, maxLength: 5 })
const maybeOrder = fc.option(order, { nil: undefined })
const finite = fc.double({ min: -1000, max: 1000, noNaN: true, noDefaultInfinity: true })

/** A scan at one of the steps of an order's life. */
export const arbitraryScan: fc.Arbitrary<WaytraceEvent> = fc
  .record({
    at: seconds,
    orderid: maybeOrder,
    epcList: packages,
    bizStep: fc.constantFrom('picking', 'packing', 'staging_outbound', 'loading', 'arriving', 'accepting', 'storing'),
  })
  .map(({ at, orderid, epcList, bizStep }) => objectEvent({ ...told(at, orderid), data: { bizStep, epcList } }))

/** One device's reports of one moment; some failed, which have no value. */
export const arbitraryReading: fc.Arbitrary<WaytraceEvent> = fc
  .record({
    at: seconds,
    orderid: maybeOrder,
    reports: fc.array(
      fc.record({ quantity: fc.constantFrom(...Object.values(QUANTITIES)), value: fc.option(finite) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  })
  .map(({ at, orderid, reports }) => {
    const event = readingEvent(told(at, orderid))
    const [element] = event.data.sensorElementList ?? []
    const sensorReport = reports.map(({ quantity, value }) => ({
      type: quantity.type,
      ...('uom' in quantity ? { uom: quantity.uom } : {}),
      ...(value === null ? { exception: 'ERROR_CONDITION' } : { value }),
    }))
    return { ...event, data: { ...event.data, sensorElementList: [{ ...element, sensorReport }] } }
  })

/** Packages put onto or taken off a parent. */
export const arbitraryAggregation: fc.Arbitrary<WaytraceEvent> = fc
  .record({
    at: seconds,
    orderid: maybeOrder,
    childEPCs: packages,
    action: fc.constantFrom('ADD', 'DELETE', 'OBSERVE'),
  })
  .map(({ at, orderid, childEPCs, action }) =>
    aggregationEvent({ ...told(at, orderid), data: { childEPCs, action, parentID: exampleSscc(5000) } }),
  )

/** Any event an agent sends. */
export const arbitraryEvent: fc.Arbitrary<WaytraceEvent> = fc.oneof(
  arbitraryScan,
  arbitraryReading,
  arbitraryAggregation,
)

function told(at: number, orderid: string | undefined) {
  const time = exampleTime(at)
  return { time, recordedtime: time, ...(orderid === undefined ? {} : { orderid }) }
}
