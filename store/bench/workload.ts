import { encodeLogRecord } from '@waytrace/standard/journal'
import {
  aggregationEvent,
  EXAMPLE,
  exampleOrder,
  exampleSscc,
  objectEvent,
  readingEvent,
} from '@waytrace/standard/testing'
import type { AcceptedEvent } from '../src/index.ts'

const START = Date.UTC(2026, 0, 15, 8)
const ROOM = 'https://id.gs1.org/414/9521321000018/254/COLD01'
const TRUCKS = 200
const SENSORS = 200
const STEPS = ['picking', 'packing', 'staging_outbound', 'loading', 'unloading', 'storing'] as const

/**
 * A working day of a site: each order's package goes through six scans while sensors report, and vehicles leave with
 * what was loaded. Half of the events are readings. The same index gives the same event.
 */
export function workload(count: number, from = 0): AcceptedEvent[] {
  return Array.from({ length: count }, (_, i) => accepted(from + i))
}

function accepted(i: number): AcceptedEvent {
  const event = i % 500 === 499 ? departure(i) : i % 2 === 0 ? reading(i) : scan(i)
  const record = { receivedAt: timeOf(i) + 500, site: EXAMPLE.site, agent: EXAMPLE.agent, event }
  return { ...record, position: i + 1, bytes: encodeLogRecord(record) }
}

/** Scans of one order lie 3,000 events apart, so that a batch holds different orders. */
function scan(i: number) {
  const n = (i - 1) / 2
  const [block, rest] = [Math.floor(n / 9000), n % 9000]
  const [step, k] = [Math.floor(rest / 1500), rest % 1500]
  const order = block * 1500 + k
  const bizStep = STEPS[step] ?? 'picking'
  const common = { time: iso(i), orderid: exampleOrder(order), deviceid: `urn:epc:id:giai:9521321.SCN${order % 50}` }
  if (bizStep === 'loading' || bizStep === 'unloading')
    return aggregationEvent({
      ...common,
      data: {
        bizStep,
        action: bizStep === 'loading' ? 'ADD' : 'DELETE',
        parentID: truck(order),
        childEPCs: [exampleSscc(order)],
        readPoint: { id: `${ROOM}D` },
      },
    })
  return objectEvent({ ...common, data: { bizStep, epcList: [exampleSscc(order)], readPoint: { id: ROOM } } })
}

function reading(i: number) {
  const sensor = (i / 2) % SENSORS
  const place = sensor < 20 ? ROOM : truck(sensor)
  const moving = sensor >= 20
  return readingEvent({
    time: iso(i),
    deviceid: `urn:epc:id:giai:9521321.TMP${sensor}`,
    value: 4 + Math.sin(i),
    data: {
      bizStep: moving ? 'transporting' : 'sensor_reporting',
      ...(moving ? { epcList: [place] } : {}),
      readPoint: { id: place },
    },
  })
}

function departure(i: number) {
  return objectEvent({
    time: iso(i),
    data: { bizStep: 'departing', epcList: [truck(Math.floor(i / 500))], readPoint: { id: `${ROOM}D` } },
  })
}

function truck(n: number): string {
  return `https://id.gs1.org/8003/09521321000018TRK${n % TRUCKS}`
}

function timeOf(i: number): number {
  return START + i * 100
}

function iso(i: number): string {
  return new Date(timeOf(i)).toISOString()
}
