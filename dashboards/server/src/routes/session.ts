import { OpsError } from '@waytrace/standard'
import { ROLES } from '@waytrace/store'
import type { FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Users } from '../users.ts'

export const SESSION_COOKIE = 'waytrace_session'

const session = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  by: z.enum(['session', 'token', 'demo']),
  csrf: z.string().optional().describe('Send back as x-waytrace-csrf with every write of this session.'),
})

/** Sign-in, sign-out and who one is. */
export function sessionRoutes(users: Users, options: { demo: boolean; secure: boolean }): FastifyPluginAsync {
  const routes: FastifyPluginAsyncZod = async (app) => {
    app.post(
      '/api/session',
      {
        config: { access: 'public', rateLimit: { max: 20, timeWindow: 60_000 } },
        schema: {
          summary: 'Sign in',
          body: z.strictObject({ name: z.string().max(100), password: z.string().max(200) }),
          response: { 200: session },
        },
      },
      async (request, reply) => {
        const { cookie, principal } = await users.signIn(request.body.name, request.body.password)
        reply.setCookie(SESSION_COOKIE, cookie, {
          path: '/',
          httpOnly: true,
          sameSite: 'strict',
          secure: options.secure,
        })
        return principal
      },
    )
    app.get(
      '/api/session',
      { config: { access: 'public' }, schema: { summary: 'Who is signed in', response: { 200: session } } },
      async (request) => {
        if (request.principal === undefined) throw new OpsError('UNAUTHENTICATED', 'nobody is signed in')
        return request.principal
      },
    )
    app.delete(
      '/api/session',
      { config: { access: 'viewer' }, schema: { summary: 'Sign out', response: { 204: z.null() } } },
      async (request, reply) => {
        const cookie = request.cookies[SESSION_COOKIE]
        if (cookie !== undefined) await users.signOut(cookie)
        return reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204).send(null)
      },
    )
  }
  return routes as FastifyPluginAsync
}
