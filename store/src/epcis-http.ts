import {
  type EpcisEvent,
  fromEpcisDocument,
  isEpcis,
  OpsError,
  toEpcisDocument,
  type WaytraceEvent,
} from '@waytrace/standard'
import type { Intake } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { plainJson } from './http-schemas.ts'
import type { EventStore } from './ports.ts'

export interface EpcisRoutePorts {
  events: EventStore
  /** The way in: captured events pass through ingest like everybody's. */
  intake: Intake
  clock: Clock
}

const MOST_SCANNED = 10_000

/** The EPCIS 2.0 REST binding as far as a pipeline needs it: capture of documents, query of events. */
export function epcisRoutes({ events, intake, clock }: EpcisRoutePorts): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.setSerializerCompiler(plainJson)
    app.addContentTypeParser('application/ld+json', { parseAs: 'string' }, (_request, body, done) => {
      try {
        done(null, JSON.parse(String(body)))
      } catch (cause) {
        done(new OpsError('INPUT_INVALID', 'the body is not JSON', { cause }))
      }
    })
    app.post(
      '/epcis/capture',
      {
        config: { access: 'operator' },
        schema: {
          summary: 'Capture an EPCIS 2.0 JSON document; answered when it is durable',
          headers: z.looseObject({
            'gs1-capture-error-behaviour': z.enum(['rollback', 'proceed']).default('rollback'),
          }),
          body: z.looseObject({}).describe('An EPCISDocument, EPCISQueryDocument or one event.'),
          response: {
            202: z.object({
              captured: z.array(z.string()).describe('Ids of the events taken.'),
              errors: z.array(
                z.object({
                  index: z.int(),
                  message: z.string(),
                  issues: z.array(z.object({ path: z.string(), message: z.string() })).readonly(),
                }),
              ),
              notes: z.array(z.string()),
            }),
          },
        },
      },
      async (request, reply) => {
        const all = request.headers['gs1-capture-error-behaviour'] === 'rollback'
        const captured = await captureEpcis(request.body, intake, clock, { all })
        return reply.code(202).send(captured)
      },
    )
    app.get(
      '/epcis/events',
      {
        config: { access: 'viewer' },
        schema: {
          summary: 'Events as an EPCIS 2.0 query document',
          querystring: z.strictObject({
            eventType: z.string().optional(),
            GE_eventTime: z.iso.datetime({ offset: true }).optional(),
            LT_eventTime: z.iso.datetime({ offset: true }).optional(),
            EQ_bizStep: z.string().optional(),
            MATCH_anyEPC: z.string().optional(),
            EQ_bizTransaction_po: z.string().optional().describe('An order, by number or URI.'),
            perPage: z.coerce.number().int().min(1).max(1000).default(30),
            nextPageToken: z.string().optional(),
          }),
          response: { 200: z.unknown().describe('An EPCISQueryDocument.') },
        },
      },
      async ({ query }, reply) => {
        const { items, next } = await findEvents(events, query)
        if (next !== undefined) reply.header('link', `</epcis/events?nextPageToken=${next}>; rel="next"`)
        return toEpcisDocument(items, {
          createdAt: new Date(clock.now()).toISOString(),
          query: { queryName: 'SimpleEventQuery' },
        })
      },
    )
  }
  return routes as FastifyPluginAsync
}

/**
 * Takes a document's events in. With `all`, one bad event refuses the document with every issue
 * (`OpsError('EVENT_INVALID')`); without, the good ones are captured and the bad ones named.
 */
export async function captureEpcis(document: unknown, intake: Intake, clock: Clock, { all }: { all: boolean }) {
  const recordedTime = new Date(clock.now()).toISOString()
  const { events, rejected, notes } = await fromEpcisDocument(document, {
    source: intake.source,
    recordedTime,
    next: intake.next,
  })
  const errors = rejected.map(({ index, error }) => ({ index, message: error.message, issues: error.issues }))
  if (all && errors.length > 0)
    throw new OpsError('EVENT_INVALID', `${errors.length} of the document's events are not valid`, {
      issues: errors.flatMap(({ index, message, issues }) =>
        issues.length === 0
          ? [{ path: `eventList.${index}`, message }]
          : issues.map((issue) => ({ path: `eventList.${index}.${issue.path}`, message: issue.message })),
      ),
    })
  if (events.length > 0) await intake.appendEvents(events)
  return { captured: events.map(({ id }) => id), errors, notes }
}

interface EventQuery {
  eventType?: string | undefined
  GE_eventTime?: string | undefined
  LT_eventTime?: string | undefined
  EQ_bizStep?: string | undefined
  MATCH_anyEPC?: string | undefined
  EQ_bizTransaction_po?: string | undefined
  perPage: number
  nextPageToken?: string | undefined
}

async function findEvents(store: EventStore, query: EventQuery): Promise<{ items: EpcisEvent[]; next?: string }> {
  const wanted = (event: WaytraceEvent): event is EpcisEvent => isEpcis(event) && matches(event, query)
  const order = query.EQ_bizTransaction_po
  if (order !== undefined) return { items: (await store.eventsOfOrder(order)).map(({ event }) => event).filter(wanted) }
  const items: EpcisEvent[] = []
  let after = query.nextPageToken
  for (let scanned = 0; scanned < MOST_SCANNED && items.length < query.perPage; ) {
    const page = await store.events({ after, limit: query.perPage - items.length })
    scanned += page.items.length
    items.push(...page.items.map(({ event }) => event).filter(wanted))
    after = page.next
    if (after === undefined) return { items }
  }
  return after === undefined ? { items } : { items, next: after }
}

function matches(event: EpcisEvent, query: EventQuery): boolean {
  const { data } = event
  const at = Date.parse(event.time)
  if (query.GE_eventTime !== undefined && at < Date.parse(query.GE_eventTime)) return false
  if (query.LT_eventTime !== undefined && at >= Date.parse(query.LT_eventTime)) return false
  if (query.EQ_bizStep !== undefined && data.bizStep !== query.EQ_bizStep) return false
  if (
    query.eventType !== undefined &&
    `waytrace.${query.eventType.replace(/Event$/, '').toLowerCase()}.v1` !== event.type
  )
    return false
  return query.MATCH_anyEPC === undefined || epcsOf(event).includes(query.MATCH_anyEPC)
}

function epcsOf({ data }: EpcisEvent): string[] {
  const lists = ['epcList', 'childEPCs', 'inputEPCList', 'outputEPCList'] as const
  const parent = 'parentID' in data && typeof data.parentID === 'string' ? [data.parentID] : []
  return [...parent, ...lists.flatMap((list) => (list in data ? ((data as Record<string, string[]>)[list] ?? []) : []))]
}
