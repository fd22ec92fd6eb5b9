import type { Intake } from '@waytrace/standard/journal'
import { type Identities, ROLES } from '@waytrace/store'
import type { FastifyPluginAsync } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Users } from '../users.ts'

export interface SettingsPorts {
  users: Users
  identities: Identities
  /** Where the audit facts go. */
  intake: Intake
}

const user = z.object({ name: z.string(), role: z.enum(ROLES), createdAt: z.number() })
const token = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  createdAt: z.number(),
  expiresAt: z.number().optional(),
})
const agent = z.object({
  site: z.string(),
  agent: z.string(),
  kind: z.enum(['agent', 'gateway', 'centre']),
  sourceUrn: z.string(),
  devices: z.record(z.string(), z.object({ urn: z.string(), kind: z.string() })),
  certificate: z.string().optional().describe('SHA-256 fingerprint of its client certificate.'),
  revokedAt: z.number().optional(),
  hasPassword: z.boolean(),
})
const name = z.string().regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/)

/** Users, API tokens and enrolled agents. Every write leaves an audit event. */
export function settingsRoutes({ users, identities, intake }: SettingsPorts): FastifyPluginAsync {
  const audit = (actor: string, action: string, target: string, detail: Record<string, unknown> = {}) =>
    intake.append([{ type: 'waytrace.audit.v1', data: { actor, action, target, result: 'done', detail } }])

  const routes: FastifyPluginAsyncZod = async (app) => {
    const admin = { access: 'admin' } as const
    app.get(
      '/api/users',
      { config: admin, schema: { summary: 'Users', response: { 200: z.object({ items: z.array(user) }) } } },
      async () => ({ items: users.list() }),
    )
    app.put(
      '/api/users/:name',
      {
        config: admin,
        schema: {
          summary: 'Add or change a user; without a password a new one is made and shown once',
          params: z.strictObject({ name }),
          body: z.strictObject({ role: z.enum(ROLES), password: z.string().min(12).max(200).optional() }),
          response: { 200: z.object({ password: z.string().optional() }) },
        },
      },
      async ({ params, body, principal }) => {
        const password = await users.save(params.name, body.role, body.password)
        await audit(principal?.name ?? '', 'user.save', params.name, { role: body.role })
        return body.password === undefined ? { password } : {}
      },
    )
    app.delete(
      '/api/users/:name',
      {
        config: admin,
        schema: { summary: 'Remove a user', params: z.strictObject({ name }), response: { 204: z.null() } },
      },
      async ({ params, principal }, reply) => {
        await users.remove(params.name)
        await audit(principal?.name ?? '', 'user.remove', params.name)
        return reply.code(204).send(null)
      },
    )
    app.get(
      '/api/tokens',
      { config: admin, schema: { summary: 'API tokens', response: { 200: z.object({ items: z.array(token) }) } } },
      async () => ({ items: users.tokens() }),
    )
    app.post(
      '/api/tokens',
      {
        config: admin,
        schema: {
          summary: 'Make an API token; it is shown once',
          body: z.strictObject({ name, role: z.enum(ROLES), expiresAt: z.number().optional() }),
          response: { 200: z.object({ id: z.string(), token: z.string() }) },
        },
      },
      async ({ body, principal }) => {
        const made = await users.createToken(body.name, body.role, body.expiresAt)
        await audit(principal?.name ?? '', 'token.create', made.id, { role: body.role })
        return made
      },
    )
    app.delete(
      '/api/tokens/:id',
      {
        config: admin,
        schema: { summary: 'Revoke a token', params: z.strictObject({ id: z.string() }), response: { 204: z.null() } },
      },
      async ({ params, principal }, reply) => {
        await users.revokeToken(params.id)
        await audit(principal?.name ?? '', 'token.revoke', params.id)
        return reply.code(204).send(null)
      },
    )
    app.get(
      '/api/agents',
      {
        config: admin,
        schema: { summary: 'Enrolled agents and gateways', response: { 200: z.object({ items: z.array(agent) }) } },
      },
      async () => ({
        items: identities
          .list()
          .map(({ passwordHash, ...enrolment }) => ({ ...enrolment, hasPassword: passwordHash !== undefined })),
      }),
    )
  }
  return routes as FastifyPluginAsync
}
