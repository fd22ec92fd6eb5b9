import type { FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'

const part = z.object({
  name: z.string(),
  state: z.enum(['ok', 'degraded', 'down']),
  /** Why it is not ok, in words that say what to do. */
  reasons: z.array(z.string()),
  figures: z.record(z.string(), z.union([z.number(), z.string()])),
})
const ready = z.object({ ready: z.boolean() })
export type PartHealth = z.infer<typeof part>

export interface OperationsPorts {
  /** Every part of this process with its state. */
  health(): PartHealth[]
  /** Prometheus text of this process. */
  metrics(): string
  ready(): boolean
}

/** Health, readiness and metrics for people, load balancers and Prometheus. */
export function operationsRoutes(ports: OperationsPorts): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.get(
      '/healthz',
      {
        config: { access: 'public' },
        schema: { summary: 'Alive, and how well', response: { 200: z.object({ state: part.shape.state }) } },
      },
      async () => ({ state: worst(ports.health()) }),
    )
    app.get(
      '/readyz',
      { config: { access: 'public' }, schema: { summary: 'Ready to serve', response: { 200: ready, 503: ready } } },
      async (_, reply) => reply.code(ports.ready() ? 200 : 503).send({ ready: ports.ready() }),
    )
    app.get(
      '/metrics',
      {
        config: { access: 'viewer' },
        schema: {
          summary: 'Figures of every part in the text format of Prometheus',
          response: {
            200: { description: 'Prometheus text format 0.0.4', content: { 'text/plain': { schema: z.string() } } },
          },
        },
      },
      async (_, reply) => reply.type('text/plain; version=0.0.4').send(ports.metrics()),
    )
    app.get(
      '/api/health',
      {
        config: { access: 'viewer' },
        schema: {
          summary: 'Every part with its state and figures',
          response: { 200: z.object({ state: part.shape.state, parts: z.array(part) }) },
        },
      },
      async () => {
        const parts = ports.health()
        return { state: worst(parts), parts }
      },
    )
  }
  return routes as FastifyPluginAsync
}

function worst(parts: readonly PartHealth[]): PartHealth['state'] {
  if (parts.some(({ state }) => state === 'down')) return 'down'
  return parts.some(({ state }) => state === 'degraded') ? 'degraded' : 'ok'
}
