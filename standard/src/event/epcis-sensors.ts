import { z } from 'zod'
import { extensible, isoTime, uri } from './primitives.ts'
import { term } from './vocabulary.ts'

/** Keys that sensorMetadata and sensorReport share. `rawData` names the original frame (ALCOA). */
const provenance = {
  deviceID: uri.optional(),
  /** The calibration certificate of the device. */
  deviceMetadata: uri.optional(),
  rawData: uri.optional(),
  /** The driver and its version. */
  dataProcessingMethod: uri.optional(),
  /** The profile and its version that the exception was judged by. */
  bizRules: uri.optional(),
  time: isoTime.optional(),
}

/** Finite: a missing measurement is `ERROR_CONDITION` without `value`. */
const decimal = z.number()

export const sensorReport = extensible({
  type: term('measurement'),
  exception: term('exception').optional(),
  ...provenance,
  microorganism: uri.optional(),
  chemicalSubstance: uri.optional(),
  coordinateReferenceSystem: uri.optional(),
  value: decimal.optional(),
  component: term('component').optional(),
  stringValue: z.string().optional(),
  booleanValue: z.boolean().optional(),
  hexBinaryValue: z
    .string()
    .regex(/^[A-Fa-f0-9]+$/, 'must be hexadecimal digits')
    .optional(),
  uriValue: uri.optional(),
  minValue: decimal.optional(),
  maxValue: decimal.optional(),
  meanValue: decimal.optional(),
  sDev: decimal.optional(),
  percRank: decimal.optional(),
  percValue: decimal.optional(),
  /** UN/CEFACT Rec 20 code; GS1's schema leaves the text free. */
  uom: z.string().optional(),
})

/** One device's readings of one moment or span. */
export const sensorElement = extensible({
  sensorMetadata: extensible({ ...provenance, startTime: isoTime.optional(), endTime: isoTime.optional() }).optional(),
  sensorReport: z.array(sensorReport).min(1),
})

export type SensorElement = z.infer<typeof sensorElement>
export type SensorReport = z.infer<typeof sensorReport>
