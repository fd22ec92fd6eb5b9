import { tryEvent } from '@waytrace/standard'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventDraft } from '../ports.ts'
import { tzOffset } from './local-time.ts'
import { type Sensed, sensorEvents } from './sensor-events.ts'

const AT = Date.parse('2026-11-22T09:31:12.000Z')
const TRAILER = 'https://id.gs1.org/8004/9521234TRL-118'
const URN = 'urn:epc:id:giai:9521234.VGW-0118'
const ports = (place?: string) => ({
  device: { slug: 'vgw', urn: URN, kind: 'gateway', ...(place === undefined ? {} : { place }) },
  driver: { model: 'teltonika-codec8e', version: '1.0.0' },
  limits: [],
  tzOffset: tzOffset('Europe/Zurich'),
})

/** What the standard says of the event once the spool has stamped it. */
function problems({ event }: EventDraft): unknown {
  const stamps = {
    specversion: '1.0',
    source: 'urn:x:a',
    recordedtime: event.time,
    sequence: '0'.repeat(20),
    spool: 's',
  }
  const result = tryEvent({ ...event, ...stamps })
  return result.ok ? undefined : result.issues
}

describe('events of sensors', () => {
  it('say position, trouble code and machine alarm of one moment in one event of the vehicle', () => {
    const [draft, ...more] = sensorEvents(
      [
        { kind: 'position', at: AT, latitude: 47.3769, longitude: 8.5417, speedKmh: 82 },
        { kind: 'fault', at: AT, system: 'j1939', code: 'spn/91/fmi/3', occurrences: 1, lamp: 'MIL', active: true },
        { kind: 'fault', at: AT, system: 'reefer', code: 'carrier:00018', severity: 15, active: true },
      ],
      ports(TRAILER),
    )
    expect(more).toEqual([])
    expect(draft?.stream).toBe('fault')
    expect(draft?.event).toMatchObject({
      type: 'waytrace.object.v1',
      subject: TRAILER,
      time: '2026-11-22T09:31:12.000Z',
      tzoffset: '+01:00',
      deviceid: URN,
      severitynumber: 17,
      severitytext: 'ERROR',
      data: {
        action: 'OBSERVE',
        bizStep: 'transporting',
        epcList: [TRAILER],
        readPoint: { id: 'geo:47.3769,8.5417' },
        sensorElementList: [
          {
            sensorMetadata: {
              time: '2026-11-22T09:31:12.000Z',
              deviceID: URN,
              dataProcessingMethod: 'https://waytrace.dev/driver/teltonika-codec8e/1.0.0',
            },
            sensorReport: [
              { type: 'Angle', component: 'latitude', value: 47.3769, uom: 'DD' },
              { type: 'Angle', component: 'longitude', value: 8.5417, uom: 'DD' },
              { type: 'Speed', value: 82, uom: 'KMH' },
              {
                type: 'wt:DiagnosticTroubleCode',
                exception: 'ERROR_CONDITION',
                uriValue: 'https://waytrace.dev/ns/j1939/spn/91/fmi/3',
                'wt:occurrenceCount': 1,
                'wt:lamp': 'MIL',
              },
              {
                type: 'wt:ReeferAlarm',
                exception: 'ALARM_CONDITION',
                stringValue: 'carrier:00018',
                'wt:reeferSeverity': 15,
              },
            ],
          },
        ],
      },
    })
  })

  it('say a failed measurement without a value, with its reason and raw number', () => {
    const [draft] = sensorEvents(
      [
        {
          kind: 'temperature',
          at: AT,
          channel: 'dallas-1',
          exception: 'ERROR_CONDITION',
          reason: 'sentinel',
          raw: 850,
        },
      ],
      ports('https://id.gs1.org/414/9521234000013'),
    )
    expect(draft?.event.data).toMatchObject({ bizStep: 'sensor_reporting' })
    expect(draft?.event.data).toHaveProperty('sensorElementList.0.sensorReport', [
      {
        type: 'Temperature',
        exception: 'ERROR_CONDITION',
        'wt:probe': 'dallas-1',
        'wt:reason': 'sentinel',
        'wt:raw': 850,
      },
    ])
  })

  it('are of the standard whatever is observed, one per moment, with the same id for the same record', () => {
    const at = fc.integer({ min: 0, max: 4_102_444_800_000 })
    const number = fc.double({ noNaN: true, noDefaultInfinity: true })
    const observation: fc.Arbitrary<Sensed> = fc.oneof(
      fc.record({
        kind: fc.constantFrom('temperature' as const, 'battery' as const, 'heading' as const),
        at,
        value: number,
      }),
      fc.record({ kind: fc.constantFrom('door' as const, 'ignition' as const), at, value: fc.boolean() }),
      fc.record({ kind: fc.constant('mode' as const), at, value: fc.string(), channel: fc.string({ minLength: 1 }) }),
      fc.record({
        kind: fc.constant('position' as const),
        at,
        latitude: fc.double({ min: -90, max: 90, noNaN: true }),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('fault' as const),
        at,
        system: fc.constantFrom('obd' as const, 'j1939' as const, 'reefer' as const, 'device' as const),
        code: fc.string({ minLength: 1, unit: 'grapheme' }),
        active: fc.boolean(),
      }),
    )
    return fc.assert(
      fc.property(fc.array(observation, { minLength: 1, maxLength: 8 }), fc.boolean(), (sensed, vehicle) => {
        const drafts = sensorEvents(sensed, ports(vehicle ? TRAILER : undefined))
        expect(drafts.map(problems)).toEqual(drafts.map(() => undefined))
        expect(drafts).toHaveLength(new Set(sensed.map((one) => one.at)).size)
        expect(sensorEvents(sensed, ports(vehicle ? TRAILER : undefined))).toEqual(drafts)
      }),
    )
  })
})
