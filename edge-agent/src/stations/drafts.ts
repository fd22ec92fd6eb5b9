import type { Scan } from '@waytrace/devices'
import { BIZ_STEPS, DISPOSITIONS } from '@waytrace/standard'
import { isoTime } from '../events/local-time.ts'
import type { EventBody, EventDraft, Stamp } from '../ports.ts'
import type { LabelFacts, Quantity, ScanSource, StationEnv, StationState } from './state.ts'

/** The circumstances every event of a scan states. */
export interface Circumstances {
  at: number
  from: ScanSource
  scan?: Scan | undefined
  state: StationState
}

export interface Things {
  epcs: readonly string[]
  quantities?: readonly Quantity[]
  orders: readonly string[]
  facts?: LabelFacts
}

const DISPOSITION: Record<string, string> = {
  picking: 'in_progress',
  packing: 'container_closed',
  staging_outbound: 'in_progress',
  loading: 'in_progress',
  departing: 'in_transit',
  transporting: 'in_transit',
  arriving: 'in_progress',
  unloading: 'in_progress',
  accepting: 'sellable_not_accessible',
  storing: 'sellable_accessible',
  stocking: 'sellable_accessible',
}

/** Things seen at a step. */
export function seen(env: StationEnv, bizStep: string, what: Things, when: Circumstances): EventDraft {
  return draft(env, when, what, 'scan', {
    type: 'waytrace.object.v1',
    data: {
      action: 'OBSERVE',
      ...step(env, bizStep),
      ...(what.epcs.length > 0 || !what.quantities?.length ? { epcList: [...what.epcs] } : {}),
      ...(what.quantities?.length ? { quantityList: [...what.quantities] } : {}),
      ...circumstances(env, what, when),
    },
  })
}

/** An order itself seen at a step, without a thing. */
export function orderSeen(env: StationEnv, bizStep: string, order: string, when: Circumstances): EventDraft {
  const what = { epcs: [], orders: [order] }
  return draft(env, when, what, 'order', {
    type: 'waytrace.transaction.v1',
    data: {
      action: 'OBSERVE',
      ...step(env, bizStep),
      epcList: [],
      ...circumstances(env, what, when),
      bizTransactionList: transactions([order]),
    },
  })
}

/** Things put into a parent or taken out; taking out nothing named means all. */
export function moved(
  env: StationEnv,
  bizStep: string,
  action: 'ADD' | 'DELETE',
  parent: string,
  what: Things,
  when: Circumstances,
): EventDraft {
  return draft(env, when, what, 'custody', {
    type: 'waytrace.aggregation.v1',
    subject: parent,
    data: {
      action,
      ...step(env, bizStep),
      parentID: parent,
      ...(what.epcs.length > 0 ? { childEPCs: [...what.epcs] } : {}),
      ...(what.quantities?.length ? { childQuantityList: [...what.quantities] } : {}),
      ...circumstances(env, what, when),
    },
  })
}

/** Something was not as it must be: it has no business step, because none was done. */
export function exception(env: StationEnv, reason: string, what: Things, when: Circumstances): EventDraft {
  return draft(env, when, what, 'scan', {
    type: 'waytrace.object.v1',
    severitynumber: 13,
    severitytext: 'WARN',
    data: {
      action: 'OBSERVE',
      ...(DISPOSITIONS.includes(reason) ? { disposition: reason } : {}),
      epcList: [...what.epcs],
      ...(what.quantities?.length ? { quantityList: [...what.quantities] } : {}),
      ...circumstances(env, what, when),
      'wt:exception': reason,
    },
  })
}

/** The restatement that an event did not occur. It repeats the original with its id and stamps. */
export function notOccurred(original: EventDraft, stamp: Stamp | undefined, when: Circumstances): EventDraft {
  const data = {
    ...original.event.data,
    ...(stamp === undefined
      ? {}
      : { 'wt:recordedTime': stamp.recordedtime, 'wt:sequence': stamp.sequence, 'wt:spool': stamp.spool }),
    errorDeclaration: {
      declarationTime: isoTime(when.at),
      reason: 'did_not_occur',
      ...(when.state.operator === undefined ? {} : { 'wt:declaredBy': when.state.operator.id }),
    },
  }
  return { ...original, event: { ...original.event, data } as EventBody }
}

type Body = Pick<EventBody, 'type' | 'data'> & Partial<Pick<EventBody, 'subject' | 'severitynumber' | 'severitytext'>>

function draft(
  env: StationEnv,
  { at, from }: Circumstances,
  { epcs, orders }: Things,
  stream: EventDraft['stream'],
  body: Body,
): EventDraft {
  const [order] = orders
  const [epc] = epcs
  const event = {
    id: env.newId(at),
    time: isoTime(at),
    tzoffset: env.tzOffset(at),
    deviceid: from.urn,
    severitynumber: 9,
    ...(epc === undefined ? {} : { subject: epc }),
    ...(order === undefined ? {} : { orderid: order }),
    ...body,
  } as EventBody
  return { kind: from.kind, device: from.slug, stream, event }
}

function step({ config }: StationEnv, bizStep: string) {
  const disposition = (bizStep === config.bizStep ? config.disposition : undefined) ?? DISPOSITION[bizStep]
  return { bizStep, ...(disposition === undefined ? {} : { disposition }) }
}

function circumstances(env: StationEnv, { orders, facts }: Things, { from, scan, state }: Circumstances) {
  const location = state.location?.id ?? env.config.bizLocation
  return {
    readPoint: { id: env.config.readPoint },
    ...(location === undefined ? {} : { bizLocation: { id: location } }),
    ...(orders.length === 0 ? {} : { bizTransactionList: transactions(orders) }),
    'wt:deviceID': from.urn,
    ...(state.operator === undefined ? {} : { 'wt:operatorID': state.operator.id }),
    ...(scan === undefined
      ? {}
      : {
          'wt:scan': {
            ...(scan.aim === undefined ? {} : { 'wt:aim': scan.aim }),
            'wt:raw': scan.raw,
            'wt:symbology': scan.symbology,
            'wt:driver': from.driver,
          },
        }),
    ...(facts?.limits === undefined ? {} : { 'wt:limits': facts.limits }),
    ...(facts?.window === undefined ? {} : { 'wt:window': facts.window }),
  }
}

function transactions(orders: readonly string[]) {
  return [...new Set(orders)].map((order) => ({ type: 'po', bizTransaction: order }))
}

/** Whether CBV knows the business step; others must be URIs. */
export function isBizStep(text: string): boolean {
  return BIZ_STEPS.includes(text) || /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(text)
}
