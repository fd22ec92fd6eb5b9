import { checkDigit, eventId, gs1Uri, orderUri, type WaytraceEvent } from '../event/index.ts'

type EventOf<T extends WaytraceEvent['type']> = Extract<WaytraceEvent, { type: T }>
/** What a test states about an event; the builder fills in the rest. `data` is merged one level deep. */
export type Overrides<T extends WaytraceEvent['type']> = Partial<Omit<EventOf<T>, 'type' | 'data'>> & {
  data?: Partial<EventOf<T>['data']>
}

/** GS1's example company, and a device, an agent and a site of it. */
export const EXAMPLE = {
  gln: withCheckDigit('952132100001'),
  site: 'wh1',
  agent: 'edge1',
  device: 'probe1',
  source: gs1Uri('8004', '9521321edge1'),
  deviceid: gs1Uri('8004', '9521321probe1'),
  operator: gs1Uri('8017', withCheckDigit('95213210000000001')),
  place: gs1Uri('414', withCheckDigit('952132100001')),
} as const

const START = Date.UTC(2026, 0, 15, 8)
let built = 0

/** The URI of the n-th example order. */
export function exampleOrder(n: number | string): string {
  return orderUri(EXAMPLE.gln, `ORD-${n}`)
}

/** The URI of the n-th example package (SSCC). */
export function exampleSscc(n: number): string {
  return gs1Uri('00', withCheckDigit(`1952132${String(n).padStart(10, '0')}`))
}

/** The time `seconds` after the example day's begin, as the standard writes it. */
export function exampleTime(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString()
}

/** A valid scan of one package at picking; `orderid` also fills the list that must agree with it. */
export function objectEvent(overrides: Overrides<'waytrace.object.v1'> = {}): EventOf<'waytrace.object.v1'> {
  const { data, ...attributes } = overrides
  const envelope = { ...stamp(attributes.orderid), ...attributes }
  return {
    ...envelope,
    type: 'waytrace.object.v1',
    data: {
      action: 'OBSERVE',
      bizStep: 'picking',
      disposition: 'in_progress',
      epcList: [exampleSscc(1)],
      ...placed(envelope),
      'wt:deviceID': envelope.deviceid ?? EXAMPLE.deviceid,
      'wt:operatorID': EXAMPLE.operator,
      ...data,
    },
  }
}

/** A valid temperature reading of a place, `value` in degrees Celsius. */
export function readingEvent(
  overrides: Overrides<'waytrace.object.v1'> & { value?: number } = {},
): EventOf<'waytrace.object.v1'> {
  const { data, value = 4.2, ...attributes } = overrides
  const envelope = { ...stamp(attributes.orderid), ...attributes }
  const deviceID = envelope.deviceid ?? EXAMPLE.deviceid
  return {
    ...envelope,
    type: 'waytrace.object.v1',
    data: {
      action: 'OBSERVE',
      bizStep: 'sensor_reporting',
      ...placed(envelope),
      sensorElementList: [
        {
          sensorMetadata: { time: envelope.time, deviceID },
          sensorReport: [{ type: 'Temperature', value, uom: 'CEL' }],
        },
      ],
      ...data,
    },
  }
}

/** A valid packing of two packages onto a parent. */
export function aggregationEvent(
  overrides: Overrides<'waytrace.aggregation.v1'> = {},
): EventOf<'waytrace.aggregation.v1'> {
  const { data, ...attributes } = overrides
  const envelope = { ...stamp(attributes.orderid), ...attributes }
  return {
    ...envelope,
    type: 'waytrace.aggregation.v1',
    data: {
      action: 'ADD',
      bizStep: 'packing',
      parentID: exampleSscc(9),
      childEPCs: [exampleSscc(1), exampleSscc(2)],
      ...placed(envelope),
      'wt:deviceID': envelope.deviceid ?? EXAMPLE.deviceid,
      ...data,
    },
  }
}

/** A valid alarm of the centre's correlator. */
export function alarmEvent(overrides: Overrides<'waytrace.alarm.v1'> = {}): EventOf<'waytrace.alarm.v1'> {
  const { data, ...attributes } = overrides
  const { deviceid: _, ...envelope } = { ...stamp(undefined), source: 'urn:waytrace:test:correlator', ...attributes }
  return {
    ...envelope,
    type: 'waytrace.alarm.v1',
    data: {
      alarmId: `alarm-${built}`,
      kind: 'temperature-high',
      entity: EXAMPLE.deviceid,
      state: 'raised',
      since: envelope.time,
      severity: 'error',
      message: 'above 8 degrees Celsius',
      ...data,
    },
  }
}

/** `digits` with its GS1 check digit. */
export function withCheckDigit(digits: string): string {
  return `${digits}${checkDigit(digits)}`
}

/** The envelope of the next event: one second, one sequence number further than the last. */
function stamp(orderid: string | undefined) {
  built++
  const time = exampleTime(built)
  return {
    specversion: '1.0' as const,
    id: eventId(Date.parse(time)),
    source: EXAMPLE.source as string,
    time,
    tzoffset: '+00:00',
    recordedtime: time,
    sequence: String(built).padStart(20, '0'),
    spool: 'spool-1',
    deviceid: EXAMPLE.deviceid as string,
    ...(orderid === undefined ? {} : { orderid }),
  }
}

function placed({ orderid }: { orderid?: string | undefined }) {
  const readPoint = { id: EXAMPLE.place }
  if (orderid === undefined) return { readPoint }
  return { readPoint, bizTransactionList: [{ type: 'po', bizTransaction: orderid }] }
}
