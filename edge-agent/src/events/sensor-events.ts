import { createHash } from 'node:crypto'
import type { Driver, Fault, Position, Reading } from '@waytrace/devices'
import { type SensorElement, type SensorReport, severityOf } from '@waytrace/standard'
import type { DeviceConfig, LimitConfig } from '../config.ts'
import type { EventDraft } from '../ports.ts'
import { isoTime } from './local-time.ts'
import { faultReport, positionReports, readingReport } from './reports.ts'

export type Sensed = Reading | Position | Fault

export interface SensorPorts {
  device: Pick<DeviceConfig, 'slug' | 'urn' | 'kind' | 'place' | 'bizStep' | 'calibration'>
  driver: Pick<Driver<unknown>, 'model' | 'version'>
  limits: readonly LimitConfig[]
  tzOffset: (atMs: number) => string
}

/** A place that moves: GRAI or GIAI of a vehicle or trailer. */
const VEHICLE = /\/800[34]\//

/**
 * One ObjectEvent for each moment the observations speak of: a backlog of records becomes an event per record.
 * The id is derived from device, time and content, so that a record a device sends twice is one event.
 */
export function sensorEvents(observations: readonly Sensed[], ports: SensorPorts): EventDraft[] {
  const moments = new Map<number, Sensed[]>()
  for (const observation of observations) {
    const moment = moments.get(observation.at)
    if (moment === undefined) moments.set(observation.at, [observation])
    else moment.push(observation)
  }
  return [...moments].map(([at, sensed]) => sensorEvent(at, sensed, ports))
}

function sensorEvent(at: number, sensed: readonly Sensed[], ports: SensorPorts): EventDraft {
  const { device, driver } = ports
  const time = isoTime(at)
  const sensorReport: SensorReport[] = []
  let position: Position | undefined
  let fault = false
  for (const observation of sensed) {
    if (observation.kind === 'position') {
      position = observation
      sensorReport.push(...positionReports(observation))
    } else if (observation.kind === 'fault') {
      fault = true
      sensorReport.push(faultReport(observation))
    } else sensorReport.push(readingReport(observation, ports.limits))
  }
  const sensorMetadata: SensorElement['sensorMetadata'] = {
    time,
    deviceID: device.urn,
    dataProcessingMethod: `https://waytrace.dev/driver/${driver.model}/${driver.version}`,
  }
  if (device.calibration !== undefined) sensorMetadata.deviceMetadata = device.calibration
  const vehicle = device.place !== undefined && VEHICLE.test(device.place)
  // CBV 7.1.3: sensor_reporting only when no other step is in progress.
  const bizStep = device.bizStep ?? (vehicle ? 'transporting' : 'sensor_reporting')
  const readPoint = position === undefined ? device.place : `geo:${position.latitude},${position.longitude}`
  const data = {
    action: 'OBSERVE' as const,
    bizStep,
    ...(bizStep === 'transporting' ? { disposition: 'in_transit' } : {}),
    ...(vehicle ? { epcList: [device.place as string] } : {}),
    // A sensor whose place nobody stated stands for itself: EPCIS wants a read point.
    readPoint: { id: readPoint ?? device.urn },
    sensorElementList: [{ sensorMetadata, sensorReport }],
  }
  return {
    kind: device.kind,
    device: device.slug,
    stream: fault ? 'fault' : position !== undefined ? 'position' : 'reading',
    event: {
      type: 'waytrace.object.v1',
      id: contentId(at, device.urn, JSON.stringify(sensed)),
      subject: data.epcList?.[0] ?? data.readPoint.id,
      time,
      tzoffset: ports.tzOffset(at),
      deviceid: device.urn,
      ...severityOf(data),
      data,
    },
  }
}

/** A UUIDv7 whose random bits are a digest: the same record gives the same id. */
function contentId(at: number, device: string, content: string): string {
  const bytes = createHash('sha256').update(`${device}\n${at}\n${content}`).digest().subarray(0, 16)
  // A device clock may stand before 1970: UUIDv7 has no such times.
  bytes.writeUIntBE(Math.max(0, at) % 2 ** 48, 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
