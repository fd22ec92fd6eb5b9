import { z } from 'zod'
import { sensorElement } from './epcis-sensors.ts'
import { extensible, isoTime, open, unique, uri } from './primitives.ts'
import { bareTerm, term } from './vocabulary.ts'

const action = z.enum(['OBSERVE', 'ADD', 'DELETE'])
/** readPoint and bizLocation are open in EPCIS 2.0: any further key is theirs. */
const place = open({ id: uri })

const quantityElement = z.strictObject({
  epcClass: uri,
  quantity: z.number().optional(),
  uom: z
    .string()
    .regex(/^[A-Z0-9]{2,3}$/, 'must be a UN/CEFACT code of 2 or 3 capitals or digits')
    .optional(),
})

const errorDeclaration = extensible({
  declarationTime: isoTime,
  reason: term('errorReason').optional(),
  correctiveEventIDs: z.array(uri).optional(),
}).check(({ value, issues }) => {
  if (value.reason === undefined || value.correctiveEventIDs === undefined) return
  if (bareTerm('errorReason', value.reason) === 'did_not_occur')
    issues.push({
      code: 'custom',
      input: value,
      path: ['correctiveEventIDs'],
      message: 'what did not occur has no corrective events',
    })
})

/** What an edge station read, kept as the original record (ALCOA). */
const scan = z.strictObject({
  'wt:aim': z.string().optional(),
  'wt:raw': z.string(),
  'wt:symbology': z.string(),
  'wt:driver': z.string(),
})

const disposition = term('disposition')

const persistentDisposition = z
  .strictObject({ set: unique(disposition).min(1).optional(), unset: unique(disposition).min(1).optional() })
  .refine((value) => value.set !== undefined || value.unset !== undefined, 'needs set or unset')

const bizTransactions = z.array(z.strictObject({ type: term('bizTransactionType').optional(), bizTransaction: uri }))
const party = term('sourceDestType')

const common = {
  recordTime: isoTime.optional(),
  errorDeclaration: errorDeclaration.optional(),
  certificationInfo: z.union([uri, z.array(uri)]).optional(),
  bizStep: term('bizStep').optional(),
  disposition: disposition.optional(),
  readPoint: place.optional(),
  bizLocation: place.optional(),
  bizTransactionList: bizTransactions.optional(),
  sourceList: z.array(z.strictObject({ type: party, source: uri })).optional(),
  destinationList: z.array(z.strictObject({ type: party, destination: uri })).optional(),
  sensorElementList: z.array(sensorElement).optional(),
  'wt:deviceID': uri.optional(),
  /** GSRN or pseudonym of the person; names live in a directory, never in events. */
  'wt:operatorID': uri.optional(),
  'wt:scan': scan.optional(),
}

const epcs = z.array(uri)
const quantities = z.array(quantityElement)
const ilmd = extensible({})

interface Listed {
  action?: string | undefined
  parentID?: string | undefined
  childEPCs?: readonly string[] | undefined
  childQuantityList?: readonly unknown[] | undefined
}

const some = (list: readonly unknown[] | undefined) => list !== undefined && list.length > 0

function missing(input: unknown, path: string, message: string) {
  return { code: 'custom' as const, input, path: [path], message }
}

/** Children may only be left out when all of them leave their parent (EPCIS 2.0, 7.4.3 and 7.4.6). */
function childrenIssue(value: Listed) {
  if (value.action === 'DELETE' || some(value.childEPCs) || some(value.childQuantityList)) return undefined
  return missing(value, 'childEPCs', 'needs childEPCs or childQuantityList, unless the action is DELETE')
}

const object = extensible({
  ...common,
  action,
  epcList: unique(uri).optional(),
  quantityList: quantities.optional(),
  persistentDisposition: persistentDisposition.optional(),
  ilmd: ilmd.optional(),
}).check(({ value, issues }) => {
  if (value.ilmd !== undefined && value.action !== 'ADD')
    issues.push(missing(value, 'ilmd', 'only an ObjectEvent with action ADD has ilmd'))
  const sensed = some(value.sensorElementList) && value.readPoint !== undefined
  if (value.epcList === undefined && !some(value.quantityList) && !sensed)
    issues.push(missing(value, 'epcList', 'needs epcList, quantityList, or sensorElementList with readPoint'))
})

const aggregation = extensible({
  ...common,
  action,
  parentID: uri.optional(),
  childEPCs: epcs.optional(),
  childQuantityList: quantities.optional(),
}).check(({ value, issues }) => {
  if (value.parentID === undefined && value.action !== 'OBSERVE')
    issues.push(missing(value, 'parentID', 'may only be left out when the action is OBSERVE'))
  const issue = childrenIssue(value)
  if (issue !== undefined) issues.push(issue)
})

const transaction = extensible({
  ...common,
  action,
  bizTransactionList: bizTransactions.min(1),
  parentID: uri.optional(),
  epcList: epcs.optional(),
  quantityList: quantities.optional(),
}).check(({ value, issues }) => {
  if (value.epcList === undefined && !some(value.quantityList) && value.action !== 'DELETE')
    issues.push(missing(value, 'epcList', 'needs epcList (it may be empty) or quantityList'))
})

const transformation = extensible({
  ...common,
  transformationID: uri.optional(),
  inputEPCList: unique(uri).optional(),
  inputQuantityList: quantities.optional(),
  outputEPCList: unique(uri).optional(),
  outputQuantityList: quantities.optional(),
  persistentDisposition: persistentDisposition.optional(),
  ilmd: ilmd.optional(),
}).check(({ value, issues }) => {
  const inputs = some(value.inputEPCList) || some(value.inputQuantityList)
  const outputs = some(value.outputEPCList) || some(value.outputQuantityList)
  if (value.transformationID === undefined ? inputs && outputs : inputs || outputs) return
  issues.push(missing(value, 'inputEPCList', 'needs inputs and outputs, or one of them with a transformationID'))
})

const association = extensible({
  ...common,
  action,
  parentID: uri,
  childEPCs: epcs.optional(),
  childQuantityList: quantities.optional(),
}).check(({ value, issues }) => {
  const issue = childrenIssue(value)
  if (issue !== undefined) issues.push(issue)
})

/** The five EPCIS 2.0 event bodies with EPCIS / CBV field names verbatim (GS1 EPCIS 2.0, 7.4). */
export const epcisBodies = { object, aggregation, transaction, transformation, association }
