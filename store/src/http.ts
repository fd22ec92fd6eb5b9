import { OpsError } from '@waytrace/standard'
import { encodeRawRecord, type Journal, type Origin } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  acceptedEvent,
  deadLetter,
  device,
  funnel,
  node,
  order,
  pageOf,
  plainJson,
  reading,
  timeline,
} from './http-schemas.ts'
import type { DeadLetter, EventStore, Knowledge } from './ports.ts'
import { orderTimeline } from './timeline.ts'

export interface StoreRoutePorts {
  knowledge: Knowledge
  events: EventStore
  /** The raw journal: a replayed dead letter goes the whole way again. */
  rawJournal: Journal
  clock: Clock
}

const page = {
  after: z.string().optional().describe('The `next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
}
const orderParams = z.strictObject({ order: z.string().describe('Number or URI of the order, percent-encoded.') })
const letterParams = z.strictObject({ id: z.string() })
const ms = z.coerce.number().int().nonnegative()

/** Orders, their timelines, devices, readings and dead letters over HTTP. */
export function storeRoutes({ knowledge, events, rawJournal, clock }: StoreRoutePorts): FastifyPluginAsync {
  const { orders, devices, deadLetters } = knowledge
  const viewer = { access: 'viewer' } as const

  const routes: FastifyPluginAsyncZod = async (app) => {
    app.setSerializerCompiler(plainJson)
    app.get(
      '/api/orders',
      {
        config: viewer,
        schema: {
          summary: 'Orders, newest change first; of the notes only the newest',
          response: { 200: pageOf(order) },
          querystring: z.strictObject({ ...page, node: node.optional(), prefix: z.string().max(64).optional() }),
        },
      },
      async ({ query }) => {
        const { items, ...rest } = orders.list(query)
        // A warm truck gives its orders a note a minute: a list of fifty would weigh 300 kB.
        return { ...rest, items: items.map((each) => ({ ...each, notes: each.notes.slice(-1) })) }
      },
    )
    app.get(
      '/api/orders/funnel',
      { config: viewer, schema: { summary: 'Orders at each of the 13 nodes', response: { 200: funnel } } },
      async () => ({
        total: orders.count(),
        nodes: orders.funnel(),
      }),
    )
    app.get(
      '/api/orders/:order',
      {
        config: viewer,
        schema: {
          summary: 'The timeline of an order with its readings',
          params: orderParams,
          response: { 200: timeline },
        },
      },
      async ({ params }) => {
        const timeline = await orderTimeline(knowledge, events, params.order)
        if (timeline === undefined) throw new OpsError('NOT_FOUND', `no order ${params.order}`)
        return timeline
      },
    )
    app.get(
      '/api/orders/:order/events',
      {
        config: viewer,
        schema: {
          summary: 'The raw events of an order',
          params: orderParams,
          response: { 200: z.object({ items: z.array(acceptedEvent) }) },
        },
      },
      async ({ params }) => ({ items: await events.eventsOfOrder(params.order) }),
    )
    app.get(
      '/api/devices',
      {
        config: viewer,
        schema: {
          summary: 'Devices with state and newest values',
          querystring: z.strictObject({ ...page, site: z.string().optional() }),
          response: { 200: pageOf(device) },
        },
      },
      async ({ query }) => devices.list(query),
    )
    app.get(
      '/api/readings',
      {
        config: viewer,
        schema: {
          summary: 'The readings of a device between two times (UTC ms)',
          querystring: z.strictObject({
            device: z.string(),
            type: z.string().optional(),
            channel: z.string().optional(),
            from: ms,
            to: ms,
            limit: z.coerce.number().int().min(1).max(100_000).default(10_000),
          }),
          response: { 200: z.object({ items: z.array(reading) }) },
        },
      },
      async ({ query }) => ({ items: await events.readings(query) }),
    )
    app.get(
      '/api/dead-letters',
      {
        config: viewer,
        schema: {
          summary: 'What ingest could not accept, newest first',
          querystring: z.strictObject({ ...page, code: z.string().optional() }),
          response: { 200: pageOf(deadLetter).extend({ total: z.int() }) },
        },
      },
      async ({ query }) => {
        const found = deadLetters.list(query)
        return { ...found, items: found.items.map(printable), total: deadLetters.count() }
      },
    )
    app.get(
      '/api/dead-letters/:id',
      { config: viewer, schema: { summary: 'One dead letter', params: letterParams, response: { 200: deadLetter } } },
      async ({ params }) => printable(letterOf(params.id)),
    )
    app.post(
      '/api/dead-letters/:id/replay',
      {
        config: { access: 'operator' },
        schema: {
          summary: 'Send a dead letter through ingest again',
          params: letterParams,
          response: { 200: deadLetter },
        },
      },
      async ({ params }) => {
        await replayDeadLetter({ deadLetters, rawJournal, clock }, params.id)
        return printable(letterOf(params.id))
      },
    )
  }
  return routes as FastifyPluginAsync

  function letterOf(id: string): DeadLetter {
    const letter = deadLetters.get(id)
    if (letter === undefined) throw new OpsError('NOT_FOUND', `no dead letter ${id}`)
    return letter
  }
}

/** Puts a dead letter's bytes into the raw journal again, as they came; ingest judges them anew. */
export async function replayDeadLetter(
  ports: { deadLetters: Knowledge['deadLetters']; rawJournal: Journal; clock: Clock },
  id: string,
): Promise<void> {
  const letter = ports.deadLetters.get(id)
  if (letter === undefined) throw new OpsError('NOT_FOUND', `no dead letter ${id}`)
  const origin: Origin = letter.topic.startsWith('centre/')
    ? { kind: 'centre', name: letter.origin }
    : { kind: 'mqtt', name: letter.origin }
  const { topic, payload } = letter
  const now = ports.clock.now()
  await ports.rawJournal.append(encodeRawRecord({ receivedAt: now, origin, topic, payload }))
  await ports.deadLetters.markReplayed(id, now)
}

/** The bytes as text where they are text, and always as base64. */
function printable({ payload, ...letter }: DeadLetter) {
  return { ...letter, text: Buffer.from(payload).toString('utf8'), base64: Buffer.from(payload).toString('base64') }
}
