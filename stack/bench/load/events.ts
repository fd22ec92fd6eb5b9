import { eventId, gs1Uri, orderUri, type WaytraceEvent } from '@waytrace/standard'
import type { Sender } from './plan.ts'

export const GLN = '9521234000006'
const PLACE = gs1Uri('414', '9521234000013')
/** One event in this many is a scan that names an order; the others are readings of two values. */
export const SCAN_EVERY = 10

export interface MadeEvent {
  device: string
  kind: string
  stream: string
  event: WaytraceEvent
}

/** The event of one agent with this number, as its sensor or its scanner makes it. */
export function makeEvent(sender: Sender, spool: string, number: number, now: number): MadeEvent {
  const time = new Date(now).toISOString()
  const envelope = {
    specversion: '1.0' as const,
    id: eventId(now),
    source: sender.source,
    type: 'waytrace.object.v1' as const,
    time,
    tzoffset: '+00:00',
    recordedtime: time,
    spool,
    sequence: String(number).padStart(20, '0'),
    severitynumber: 9,
  }
  if (number % SCAN_EVERY === 0) {
    const order = orderUri(GLN, `B-${spool}-${Math.floor(number / (4 * SCAN_EVERY))}`)
    const data = {
      action: 'OBSERVE' as const,
      bizStep: 'picking',
      disposition: 'in_progress',
      epcList: [gs1Uri('00', '095212340000000013')],
      readPoint: { id: PLACE },
      bizTransactionList: [{ type: 'po', bizTransaction: order }],
      'wt:deviceID': sender.scanner,
      'wt:operatorID': gs1Uri('8017', '952123400000001212'),
    }
    const event = { ...envelope, orderid: order, deviceid: sender.scanner, data }
    return { device: 'scan-1', kind: 'scanner', stream: 'scan', event }
  }
  const data = {
    action: 'OBSERVE' as const,
    bizStep: 'sensor_reporting',
    readPoint: { id: PLACE },
    sensorElementList: [
      {
        sensorMetadata: { time, deviceID: sender.probe },
        sensorReport: [
          { type: 'Temperature', value: 4 + (number % 40) / 10, uom: 'CEL' },
          { type: 'RelativeHumidity', value: 53 + (number % 7) / 10, uom: 'P1' },
        ],
      },
    ],
  }
  return {
    device: 'tag-1',
    kind: 'sensor',
    stream: 'reading',
    event: { ...envelope, subject: PLACE, deviceid: sender.probe, data },
  }
}
