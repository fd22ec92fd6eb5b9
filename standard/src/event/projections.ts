import type { EpcisEvent } from './envelope.ts'
import { bareTerm } from './vocabulary.ts'

type Data = EpcisEvent['data']

/** The orders a body names: the loading of a trailer names many. */
export function ordersOf(data: Pick<Data, 'bizTransactionList'>): string[] {
  const found: string[] = []
  for (const { type, bizTransaction } of data.bizTransactionList ?? [])
    if (type !== undefined && bareTerm('bizTransactionType', type) === 'po') found.push(bizTransaction)
  return found
}

/** Which device the body says it comes from: sensorMetadata, else sensorReport, else `wt:deviceID`. */
export function deviceOf(data: Pick<Data, 'sensorElementList' | 'wt:deviceID'>): string | undefined {
  const elements = data.sensorElementList ?? []
  for (const { sensorMetadata } of elements) if (sensorMetadata?.deviceID !== undefined) return sensorMetadata.deviceID
  for (const { sensorReport } of elements)
    for (const { deviceID } of sensorReport) if (deviceID !== undefined) return deviceID
  return data['wt:deviceID']
}

/** The CloudEvents subject: the first thing the event is about, else where it happened. A filter, never a key. */
export function subjectOf(data: Data): string | undefined {
  const body = data as {
    epcList?: string[]
    parentID?: string
    outputEPCList?: string[]
    inputEPCList?: string[]
    childEPCs?: string[]
  }
  return (
    body.epcList?.[0] ??
    body.parentID ??
    body.outputEPCList?.[0] ??
    body.inputEPCList?.[0] ??
    body.childEPCs?.[0] ??
    data.readPoint?.id
  )
}

/** OpenTelemetry's number and word for the worst `exception` of the body: INFO 9, ERROR 17. */
export function severityOf(data: Pick<Data, 'sensorElementList'>): { severitynumber: number; severitytext?: string } {
  for (const { sensorReport } of data.sensorElementList ?? [])
    for (const { exception } of sensorReport)
      if (exception !== undefined) return { severitynumber: 17, severitytext: 'ERROR' }
  return { severitynumber: 9 }
}
