import {
  type EpcisEvent,
  isEpcis,
  type Node,
  nodeOfStep,
  orderNumber,
  orders,
  type WaytraceEvent,
} from '@waytrace/standard'
import type { AcceptedEvent, ReadingPoint } from './ports.ts'

/** What the projections read out of one event, worked out once for all of them. */
export interface EventFacts {
  position: number
  /** `source` and `id`: what an error declaration repeats. */
  key: string
  /** UTC ms of event time. */
  ms: number
  /** Event time as the event states it. */
  at: string
  /** URIs of the orders it names. */
  orders: string[]
  /** Every EPC it names: listed, parent, children, inputs and outputs. */
  epcs: string[]
  node?: Node
  step?: string
  device?: string
  operator?: string
  /** Read point, else business location, unless it is a geographic position. */
  place?: string
  /** True for a restatement: it takes back what the event with the same key said. */
  voids: boolean
  measured: readonly Measurement[]
}

const NOTHING: readonly Measurement[] = []

export function eventFacts(accepted: AcceptedEvent): EventFacts {
  const { event, position } = accepted
  const facts: EventFacts = {
    position,
    key: `${event.source} ${event.id}`,
    ms: eventMs(accepted),
    at: event.time,
    orders: orderUris(event),
    epcs: [],
    voids: false,
    measured: NOTHING,
  }
  if (event.deviceid !== undefined) facts.device = event.deviceid
  if (!isEpcis(event)) return facts
  const { data } = event
  facts.epcs = epcsOf(event)
  facts.measured = measurements(event)
  facts.voids = data.errorDeclaration !== undefined
  const device = event.deviceid ?? data['wt:deviceID'] ?? data.sensorElementList?.[0]?.sensorMetadata?.deviceID
  if (device !== undefined) facts.device = device
  if (data['wt:operatorID'] !== undefined) facts.operator = data['wt:operatorID']
  const place = [data.readPoint?.id, data.bizLocation?.id].find((id) => id !== undefined && !id.startsWith('geo:'))
  if (place !== undefined) facts.place = place
  if (data.bizStep !== undefined) {
    facts.step = bareStep(data.bizStep)
    const node = nodeOfStep(data.bizStep)
    if (node !== undefined) facts.node = node
  }
  return facts
}

/** UTC ms of a time as events state it; a leap second counts as the second before. Undefined when there is no such day. */
export function timeMs(iso: string): number | undefined {
  const ms = Date.parse(iso)
  if (!Number.isNaN(ms)) return ms
  const mended = Date.parse(iso.replace(/:60(\.\d+)?(?=Z|[+-])/, ':59'))
  return Number.isNaN(mended) ? undefined : mended
}

/** UTC ms of event time, else of the record time, else of reception: never NaN, whatever an event says. */
export function eventMs({ event, receivedAt }: Pick<AcceptedEvent, 'event' | 'receivedAt'>): number {
  return timeMs(event.time) ?? timeMs(event.recordedtime) ?? receivedAt
}

/** Every order an event names, own facts included: as URIs, each once. */
export function orderUris(event: WaytraceEvent): string[] {
  const named = orders(event)
  if (isEpcis(event)) return named.length < 2 ? named : [...new Set(named)]
  if (event.type === 'waytrace.decision.v1') named.push(event.data.order)
  if (event.type === 'waytrace.incident.v1')
    for (const member of event.data.members) if (isOrderUri(member)) named.push(member)
  if (event.type === 'waytrace.alarm.v1' && isOrderUri(event.data.entity)) named.push(event.data.entity)
  return [...new Set(named)]
}

export function isOrderUri(uri: string): boolean {
  return uri.startsWith('urn:epcglobal:cbv:bt:')
}

/** Whether an order URI is what somebody asked for, by number or by URI. */
export function namesOrder(uri: string, wanted: string): boolean {
  return uri === wanted || orderNumber(uri) === wanted
}

/** The devices an event speaks of or comes from. */
export function devicesOf(event: WaytraceEvent): string[] {
  const found = new Set<string>()
  if (event.deviceid !== undefined) found.add(event.deviceid)
  if (isEpcis(event)) {
    if (event.data['wt:deviceID'] !== undefined) found.add(event.data['wt:deviceID'])
    for (const { sensorMetadata, sensorReport } of event.data.sensorElementList ?? []) {
      if (sensorMetadata?.deviceID !== undefined) found.add(sensorMetadata.deviceID)
      for (const report of sensorReport) if (report.deviceID !== undefined) found.add(report.deviceID)
    }
  }
  return [...found]
}

/** One `sensorReport` with what its element and event say about it. */
export interface Measurement {
  device: string
  at: string
  type: string
  channel: string
  value?: number | boolean | string
  unit?: string
  exception?: string
}

/** Every measurement of an event. The channel is `wt:channel`, else the probe, component or feature of the report. */
export function measurements(event: WaytraceEvent): readonly Measurement[] {
  if (!isEpcis(event) || event.data.sensorElementList === undefined) return NOTHING
  const found: Measurement[] = []
  for (const { sensorMetadata, sensorReport } of event.data.sensorElementList)
    for (const report of sensorReport) {
      const device = report.deviceID ?? sensorMetadata?.deviceID ?? event.deviceid
      if (device === undefined) continue
      const channel = report['wt:channel'] ?? report['wt:probe'] ?? report.component ?? report['wt:feature'] ?? ''
      const value =
        report.value ?? report.booleanValue ?? report.meanValue ?? report.stringValue ?? report.uriValue ?? undefined
      const at = report.time ?? sensorMetadata?.time ?? event.time
      const measurement: Measurement = { device, at, type: report.type, channel: String(channel) }
      if (value !== undefined) measurement.value = value
      if (report.uom !== undefined) measurement.unit = report.uom
      if (report.exception !== undefined) measurement.exception = report.exception
      found.push(measurement)
    }
  return found
}

/** The measurements that are points of a series: numbers, switches as 0 and 1, and failed measurements without a value. */
export function readingPoints(accepted: AcceptedEvent): ReadingPoint[] {
  const points: ReadingPoint[] = []
  for (const { device, at, type, channel, value, unit, exception } of measurements(accepted.event)) {
    if (typeof value === 'string' || (value === undefined && exception === undefined)) continue
    const ms = (at === accepted.event.time ? undefined : timeMs(at)) ?? eventMs(accepted)
    const point: ReadingPoint = { at: ms, device, channel, type, position: accepted.position }
    if (value !== undefined) point.value = Number(value)
    if (unit !== undefined) point.unit = unit
    if (exception !== undefined) point.exception = exception
    points.push(point)
  }
  return points
}

function epcsOf(event: EpcisEvent): string[] {
  const { epcList, parentID, childEPCs, inputEPCList, outputEPCList } = event.data as NamedEpcs
  const found = [...(epcList ?? []), ...(childEPCs ?? []), ...(inputEPCList ?? []), ...(outputEPCList ?? [])]
  if (parentID !== undefined) found.push(parentID)
  return found
}

/** The fields of all five EPCIS bodies that name EPCs. */
export interface NamedEpcs {
  epcList?: string[]
  parentID?: string
  childEPCs?: string[]
  inputEPCList?: string[]
  outputEPCList?: string[]
}

function bareStep(step: string): string {
  return step.replace(/^(https:\/\/ref\.gs1\.org\/cbv\/|cbv:)BizStep-/, '')
}
