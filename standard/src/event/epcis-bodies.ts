import { z } from 'zod'

/** Keys that are not of EPCIS must be CURIEs or URIs (`prefix:name`). */
const CURIE_KEY = /^[A-Za-z][\w.-]*:\S+$/

/** An object of EPCIS fields that also takes extensions under CURIE keys, as the GS1 schema does. */
function extensible<S extends z.ZodRawShape>(shape: S) {
  return z
    .object(shape)
    .catchall(z.unknown())
    .superRefine((value, context) => {
      for (const key in value)
        if (!(key in shape) && !CURIE_KEY.test(key))
          context.addIssue({ code: 'custom', path: [key], message: 'not an EPCIS field, and not a prefix:name extension' })
    })
}

const uri = z.string().min(1)
const time = z.string().min(10)
const action = z.enum(['OBSERVE', 'ADD', 'DELETE'])
const place = z.looseObject({ id: uri })

const quantityElement = z.strictObject({
  epcClass: uri,
  quantity: z.number().optional(),
  uom: z
    .string()
    .regex(/^[A-Z0-9]{2,3}$/)
    .optional(),
})

const sensorReport = extensible({
  type: z.string(),
  exception: z.string().optional(),
  deviceID: uri.optional(),
  deviceMetadata: uri.optional(),
  rawData: uri.optional(),
  dataProcessingMethod: uri.optional(),
  bizRules: uri.optional(),
  time: time.optional(),
  microorganism: uri.optional(),
  chemicalSubstance: uri.optional(),
  coordinateReferenceSystem: uri.optional(),
  value: z.number().optional(),
  component: z.string().optional(),
  stringValue: z.string().optional(),
  booleanValue: z.boolean().optional(),
  hexBinaryValue: z
    .string()
    .regex(/^[A-Fa-f0-9]+$/)
    .optional(),
  uriValue: uri.optional(),
  minValue: z.number().optional(),
  maxValue: z.number().optional(),
  meanValue: z.number().optional(),
  sDev: z.number().optional(),
  percRank: z.number().optional(),
  percValue: z.number().optional(),
  uom: z.string().optional(),
})

const sensorElement = extensible({
  sensorMetadata: extensible({
    time: time.optional(),
    startTime: time.optional(),
    endTime: time.optional(),
    deviceID: uri.optional(),
    deviceMetadata: uri.optional(),
    rawData: uri.optional(),
    dataProcessingMethod: uri.optional(),
    bizRules: uri.optional(),
  }).optional(),
  sensorReport: z.array(sensorReport).min(1),
})

const errorDeclaration = extensible({
  declarationTime: time,
  reason: z.string().optional(),
  correctiveEventIDs: z.array(uri).optional(),
})

/** What an edge station read, kept as the original record (ALCOA). */
const scan = z.strictObject({
  'wt:aim': z.string().optional(),
  'wt:raw': z.string(),
  'wt:symbology': z.string(),
  'wt:driver': z.string(),
})

const common = {
  recordTime: time.optional(),
  errorDeclaration: errorDeclaration.optional(),
  certificationInfo: z.union([uri, z.array(uri)]).optional(),
  bizStep: z.string().optional(),
  disposition: z.string().optional(),
  persistentDisposition: z
    .strictObject({ set: z.array(z.string()).optional(), unset: z.array(z.string()).optional() })
    .optional(),
  readPoint: place.optional(),
  bizLocation: place.optional(),
  bizTransactionList: z.array(z.strictObject({ type: z.string().optional(), bizTransaction: uri })).optional(),
  sourceList: z.array(z.strictObject({ type: z.string(), source: uri })).optional(),
  destinationList: z.array(z.strictObject({ type: z.string(), destination: uri })).optional(),
  sensorElementList: z.array(sensorElement).optional(),
  'wt:deviceID': uri.optional(),
  /** GSRN or pseudonym of the person; names live in a directory, never in events. */
  'wt:operatorID': uri.optional(),
  'wt:scan': scan.optional(),
}

const epcs = z.array(uri)
const quantities = z.array(quantityElement)
const ilmd = extensible({})

/** The five EPCIS 2.0 event bodies with EPCIS / CBV field names verbatim (GS1 EPCIS 2.0, 7.4). */
export const epcisBodies = {
  object: extensible({
    ...common,
    action,
    epcList: epcs.optional(),
    quantityList: quantities.optional(),
    ilmd: ilmd.optional(),
  }),
  aggregation: extensible({
    ...common,
    action,
    parentID: uri.optional(),
    childEPCs: epcs.optional(),
    childQuantityList: quantities.optional(),
  }),
  transaction: extensible({
    ...common,
    action,
    parentID: uri.optional(),
    epcList: epcs.optional(),
    quantityList: quantities.optional(),
  }),
  transformation: extensible({
    ...common,
    transformationID: uri.optional(),
    inputEPCList: epcs.optional(),
    inputQuantityList: quantities.optional(),
    outputEPCList: epcs.optional(),
    outputQuantityList: quantities.optional(),
    ilmd: ilmd.optional(),
  }),
  association: extensible({
    ...common,
    action,
    parentID: uri,
    childEPCs: epcs.optional(),
    childQuantityList: quantities.optional(),
  }),
}

export type SensorElement = z.infer<typeof sensorElement>
export type SensorReport = z.infer<typeof sensorReport>
