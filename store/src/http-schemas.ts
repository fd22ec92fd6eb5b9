import { NODES, type WaytraceEvent } from '@waytrace/standard'
import type { FastifySerializerCompiler } from 'fastify'
import { z } from 'zod'

/**
 * Answers as they are: what the stores hold was checked when it came in, and a timeline of 5,000 readings must not be
 * walked once more to be sent. A test holds the answers to the schemas below.
 */
export const plainJson: FastifySerializerCompiler<unknown> = () => (data) => JSON.stringify(data)

const time = z.string().describe('ISO 8601, as the event states it.')
const ms = z.number().describe('UTC, ms since 1970.')
const position = z.int().describe('Number of the event in the log.')
const value = z.union([z.number(), z.boolean(), z.string()])
export const node = z.enum(NODES.map(({ node }) => node))
const limits = z.object({ minC: z.number().optional(), maxC: z.number().optional() })
const next = z.string().optional().describe('Give back as `after` for the following page; absent on the last one.')

/** One page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next })

export const order = z.object({
  order: z.string().describe('The number as people say it.'),
  uri: z.string(),
  nodes: z.array(
    z.object({
      node,
      at: time.optional(),
      expectedAt: time.optional(),
      device: z.string().optional(),
      operator: z.string().optional(),
      place: z.string().optional(),
      position: position.optional(),
      again: z.array(z.object({ at: time, place: z.string().optional() })).optional(),
    }),
  ),
  node: node.describe('The farthest node reached.'),
  epcs: z.array(z.string()),
  customer: z.string().optional(),
  profile: z.string().optional(),
  promisedBy: z.string().optional(),
  limits: limits.optional(),
  window: z.object({ notBefore: z.string().optional(), notAfter: z.string().optional() }).optional(),
  notes: z.array(z.object({ at: time, kind: z.string(), text: z.string(), position })),
  updatedAt: time,
})

export const funnel = z.object({ total: z.int(), nodes: z.record(node, z.int()) })

export const timeline = z.object({
  order: z.string(),
  nodes: z
    .array(
      z.object({
        node,
        at: time.optional(),
        expectedAt: time.optional(),
        device: z.string().optional(),
        operator: z.string().optional(),
        place: z.string().optional(),
      }),
    )
    .describe('All 13 nodes in order; those without `at` were not reached.'),
  readings: z.array(
    z.object({
      at: time,
      device: z.string(),
      type: z.string(),
      channel: z.string(),
      value: value.optional().describe('Absent when the measurement failed: then `exception` says so.'),
      unit: z.string().optional(),
      exception: z.string().optional(),
      through: z.string().describe('What joined the reading to the order: a place, vehicle or package, or `event`.'),
    }),
  ),
  incidents: z.array(
    z.object({
      incidentId: z.string(),
      state: z.string(),
      since: time,
      at: time,
      cause: z.record(z.string(), z.string()),
    }),
  ),
  decisions: z.array(z.object({ decisionId: z.string(), at: time, from: z.string(), to: z.string(), why: z.string() })),
  notes: z.array(z.object({ at: time, kind: z.string(), text: z.string() })),
  limits: limits.optional(),
  customer: z.string().optional(),
  profile: z.string().optional(),
  promisedBy: z.string().optional(),
})

export const device = z.object({
  device: z.string().describe('URN.'),
  site: z.string(),
  agent: z.string(),
  kind: z.string(),
  slug: z.string(),
  state: z.enum(['ready', 'unknown', 'lost', 'sleeping', 'alert', 'disconnected', 'init']),
  lastEventAt: time.optional(),
  lastReceivedAt: ms.optional(),
  place: z.string().optional(),
  values: z
    .array(
      z.object({
        type: z.string(),
        channel: z.string(),
        at: time,
        value: value.optional(),
        unit: z.string().optional(),
        exception: z.string().optional(),
      }),
    )
    .describe('The newest value of each type and channel.'),
  reasons: z.array(z.string()).optional().describe('Why it is degraded; absent when it is not.'),
})

export const reading = z.object({
  at: ms,
  device: z.string(),
  channel: z.string(),
  type: z.string(),
  value: z.number().optional(),
  unit: z.string().optional(),
  exception: z.string().optional(),
  position,
})

/** The event as a caller reads it; the whole standard would be most of the API's description. */
const event = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    time,
    data: z.looseObject({}),
  })
  .describe('The CloudEvents 1.0 event; docs/formats/event.md describes it.') as unknown as z.ZodType<WaytraceEvent>

export const acceptedEvent = z.object({ position, receivedAt: ms, site: z.string(), agent: z.string(), event })

export const deadLetter = z.object({
  id: z.string(),
  receivedAt: ms,
  topic: z.string(),
  origin: z.string(),
  code: z.string(),
  message: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
  replayedAt: ms.optional(),
  text: z.string().describe('The bytes as UTF-8 text.'),
  base64: z.string().describe('The bytes.'),
})
