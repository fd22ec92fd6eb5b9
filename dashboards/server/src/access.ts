import { OpsError } from '@waytrace/standard'
import { type Access, mayUse, type Principal } from '@waytrace/store'
import type { FastifyInstance, FastifyRequest } from 'fastify'

export type { Principal }

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
export const CSRF_HEADER = 'x-waytrace-csrf'

/** One line of the table of route x role. */
export interface GuardedRoute {
  method: string
  url: string
  access: Access
}

/**
 * Holds every route to its access: undeclared routes fail at start, others before their handler runs. Returns the
 * table of routes, which fills as they are registered.
 */
export function guardRoutes(
  app: FastifyInstance,
  principalOf: (request: FastifyRequest) => Principal | undefined,
): readonly GuardedRoute[] {
  const table: GuardedRoute[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access
    if (access === undefined) throw new Error(`route ${method} ${url} declares no access`)
    for (const each of [method].flat()) if (each !== 'HEAD') table.push({ method: each, url, access })
  })
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access
    if (access === undefined) return // no such route: the 404 handler answers
    const principal = principalOf(request)
    if (principal !== undefined) request.principal = principal
    if (access === 'public') return
    if (principal === undefined) throw new OpsError('UNAUTHENTICATED', 'sign in first')
    if (!mayUse(principal.role, access))
      throw new OpsError('FORBIDDEN', `needs the role ${access}; ${principal.name} has ${principal.role}`)
    if (WRITES.has(request.method) && principal.by !== 'token' && request.headers[CSRF_HEADER] !== principal.csrf)
      throw new OpsError('FORBIDDEN', `the header ${CSRF_HEADER} is missing or stale; read it from /api/session`)
  })
  return table
}
