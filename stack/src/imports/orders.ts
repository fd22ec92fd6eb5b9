import { isoTime, OWN_STEPS, orderUri } from '@waytrace/standard'
import type { CentreFact } from '@waytrace/standard/journal'
import { z } from 'zod'
import { checkRow, type Row } from './rows.ts'

const row = z.strictObject({
  order: z.string().min(1).max(64),
  placedAt: isoTime,
  customer: z.string().optional(),
  profile: z.string().optional(),
  promisedBy: isoTime.optional(),
  place: z
    .string()
    .regex(/^[a-z]+:\S+$/)
    .optional(),
  operator: z
    .string()
    .regex(/^[a-z]+:\S+$/)
    .optional(),
})

/** An order of a CSV line as the fact that it was placed. Its id is made of the order: importing twice leaves one. */
export function orderFact(line: Row, gln: string): CentreFact {
  const { order, placedAt, customer, profile, promisedBy, place, operator } = checkRow(row, line)
  const uri = orderUri(gln, order)
  return {
    type: 'waytrace.transaction.v1',
    id: `urn:waytrace:import:order:${encodeURIComponent(order)}`,
    time: placedAt,
    tzoffset: offsetOf(placedAt),
    orderid: uri,
    data: {
      action: 'ADD',
      bizStep: OWN_STEPS.placed,
      epcList: [],
      bizTransactionList: [{ type: 'po', bizTransaction: uri }],
      ...(place === undefined ? {} : { readPoint: { id: place } }),
      ...(operator === undefined ? {} : { 'wt:operatorID': operator }),
      ...(customer === undefined ? {} : { 'wt:customer': customer }),
      ...(profile === undefined ? {} : { 'wt:profile': profile }),
      ...(promisedBy === undefined ? {} : { 'wt:promisedBy': promisedBy }),
    },
  }
}

/** The zone a time states, as `eventTimeZoneOffset` wants it. */
export function offsetOf(time: string): string {
  return time.endsWith('Z') ? '+00:00' : time.slice(-6)
}
