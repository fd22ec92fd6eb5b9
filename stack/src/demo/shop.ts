import { gs1Uri, OWN_STEPS, orderUri } from '@waytrace/standard'
import { OPERATORS, ORDER_GLN, placeUri, siteOf } from './network.ts'

/** An EPCIS 2.0 event as the demo's shop system captures it over HTTP. */
export interface EpcisFact {
  type: 'TransactionEvent' | 'ObjectEvent'
  eventTime: string
  eventTimeZoneOffset: string
  eventID: string
  action: 'ADD' | 'OBSERVE'
  bizStep: string
  disposition?: string
  epcList?: string[]
  quantityList?: { epcClass: string; quantity: number }[]
  readPoint: { id: string }
  bizTransactionList: { type: string; bizTransaction: string }[]
  [extension: `wt:${string}`]: string
}

const SHOP = 'urn:epc:id:giai:9521234.SHOP-1'
const ALLOCATED = 'https://waytrace.dev/ns/disp/allocated'

/** What the shop system says of an order before anybody touches goods: placed, paid, stock allocated. */
export function shopFact(
  step: keyof typeof OWN_STEPS,
  at: number,
  order: { number: string; site: string; customer: string; promisedBy: number; gtin: string; quantity: number },
): EpcisFact {
  const po = { type: 'po', bizTransaction: orderUri(ORDER_GLN, order.number) }
  const inv = { type: 'inv', bizTransaction: orderUri(ORDER_GLN, `INV-${order.number}`) }
  const allocated = step === 'allocated'
  return {
    type: allocated ? 'ObjectEvent' : 'TransactionEvent',
    eventTime: new Date(at).toISOString(),
    eventTimeZoneOffset: '+00:00',
    eventID: `urn:waytrace:demo:shop:${order.number}:${step}`,
    action: allocated ? 'OBSERVE' : 'ADD',
    bizStep: OWN_STEPS[step],
    ...(allocated ? { disposition: ALLOCATED } : {}),
    // A TransactionEvent needs an epcList, and an empty one passes (EPCIS 2.0 schema).
    ...(allocated
      ? { quantityList: [{ epcClass: gs1Uri('01', order.gtin), quantity: order.quantity }] }
      : { epcList: [] }),
    readPoint: { id: placeUri(siteOf(order.site), 'OFFICE') },
    bizTransactionList: step === 'paid' ? [po, inv] : [po],
    'wt:deviceID': SHOP,
    'wt:operatorID': `https://id.gs1.org/8018/${OPERATORS[0]}`,
    ...(step === 'placed'
      ? { 'wt:customer': order.customer, 'wt:promisedBy': new Date(order.promisedBy).toISOString() }
      : {}),
  }
}
