import { gs1Uri, isoTime, isSscc, orderUri } from '@waytrace/standard'
import type { CentreFact } from '@waytrace/standard/journal'
import { z } from 'zod'
import { offsetOf } from './orders.ts'
import { checkRow, type Row } from './rows.ts'

const celsius = z.coerce.number().min(-273.15).max(200)
const row = z.strictObject({
  sscc: z.string().refine(isSscc, 'wants 18 digits with a right check digit'),
  order: z.string().min(1).max(64),
  minC: celsius.optional(),
  maxC: celsius.optional(),
  notBefore: z.string().optional(),
  notAfter: z.string().optional(),
  at: isoTime.optional(),
})

/** A printed logistic label of a CSV line: which package carries which order, under which limits. */
export function labelFact(line: Row, gln: string, now: number): CentreFact {
  const { sscc, order, minC, maxC, notBefore, notAfter, at = new Date(now).toISOString() } = checkRow(row, line)
  const uri = orderUri(gln, order)
  const limits = { ...(minC === undefined ? {} : { minC }), ...(maxC === undefined ? {} : { maxC }) }
  const window = {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
  }
  return {
    type: 'waytrace.object.v1',
    id: `urn:waytrace:import:label:${sscc}:${encodeURIComponent(order)}`,
    time: at,
    tzoffset: offsetOf(at),
    orderid: uri,
    data: {
      action: 'ADD',
      bizStep: 'encoding',
      epcList: [gs1Uri('00', sscc)],
      bizTransactionList: [{ type: 'po', bizTransaction: uri }],
      ...(Object.keys(limits).length === 0 ? {} : { 'wt:limits': limits }),
      ...(Object.keys(window).length === 0 ? {} : { 'wt:window': window }),
    },
  }
}
