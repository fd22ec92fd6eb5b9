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
    app.get('/healthz', { config: { access: 'public' }, schema: { summary: 'Alive' } }, async () => ({
      state: worst(ports.health()),
    }))
    app.get('/readyz', { config: { access: 'public' }, schema: { summary: 'Ready to serve' } }, async (_, reply) =>
      reply.code(ports.ready() ? 200 : 503).send({ ready: ports.ready() }),
    )
    app.get('/metrics', { config: { access: 'viewer' }, schema: { summary: 'Prometheus text' } }, async (_, reply) =>
      reply.type('text/plain; version=0.0.4').send(ports.metrics()),
    )
    app.get(
      '/api/health',
      {
        config: { access: 'viewer' },
        schema: {
          summary: 'Every part with its state and figures',
          response: { 200: z.object({ state: z.string(), parts: z.array(part) }) },
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
