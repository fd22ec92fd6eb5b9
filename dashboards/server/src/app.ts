import { randomBytes } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import { OpsError } from '@waytrace/standard'
import { type Clock, configFile, type Log } from '@waytrace/standard/process'
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { type GuardedRoute, guardRoutes, type Principal } from './access.ts'
import type { HttpConfig } from './config.ts'
import { answerErrors } from './errors.ts'
import { describeRoute, openapiBase } from './openapi.ts'
import { type LivePorts, liveRoutes } from './routes/live.ts'
import { type OperationsPorts, operationsRoutes } from './routes/operations.ts'
import { SESSION_COOKIE, sessionRoutes } from './routes/session.ts'
import { type SettingsPorts, settingsRoutes } from './routes/settings.ts'
import type { Users } from './users.ts'

export interface ShellPorts extends OperationsPorts, LivePorts, SettingsPorts {
  users: Users
  clock: Clock
  log: Log
  /** Routes of the domain packages, each next to its logic. */
  domains: readonly FastifyPluginAsync[]
  /** Folder of the control room's static files. */
  webRoot: string
}

export interface HttpShell {
  start(): Promise<void>
  stop(): Promise<void>
  /** `http://127.0.0.1:8080`, once started. */
  readonly address: string
  readonly app: FastifyInstance
  /** Who may use each route. */
  readonly routes: readonly GuardedRoute[]
}

/** The HTTP shell: sign-in, roles, errors, OpenAPI, live stream and static files around the domains' routes. */
export async function createHttpShell(config: HttpConfig, ports: ShellPorts): Promise<HttpShell> {
  const { tls } = config
  const app = Fastify({
    bodyLimit: config.bodyBytes,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
    ...(tls && { https: httpsOptions(tls) }),
  }) as unknown as FastifyInstance
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  answerErrors(app)
  await app.register(cookie)
  await app.register(rateLimit, { max: config.requestsPerMinute, timeWindow: 60_000 })
  const routes = guardRoutes(app, (request) => principalOf(request, config, ports.users))
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    })
  })
  await app.register(swagger, {
    openapi: openapiBase,
    transform: describeRoute,
  })
  await app.register(sessionRoutes(ports.users, { demo: config.demo, secure: tls !== undefined }))
  await app.register(operationsRoutes(ports))
  await app.register(liveRoutes(ports))
  await app.register(settingsRoutes(ports))
  for (const domain of ports.domains) await app.register(domain)
  app.get(
    '/api/openapi.json',
    { config: { access: 'public' }, schema: { hide: true } },
    async () => app.swagger() as unknown,
  )
  await app.register(fastifyStatic, { root: ports.webRoot, serve: false, cacheControl: false })
  app.get<{ Params: { '*': string } }>(
    '/*',
    { config: { access: 'public' }, schema: { hide: true } },
    (request, reply) => reply.sendFile(request.params['*'] || 'index.html'),
  )

  let address = ''
  return {
    app,
    routes,
    get address() {
      return address
    },
    async start() {
      const { host, port } = config
      address = await app.listen({ host, port }).catch((cause) => {
        if (cause.code !== 'EADDRINUSE') throw cause
        throw new OpsError('PORT_IN_USE', `${host}:${port} is taken (HTTP)`, { cause })
      })
    },
    async stop() {
      await app.close()
    },
  }
}

function httpsOptions({ keyFile, certFile }: NonNullable<HttpConfig['tls']>) {
  const files = { key: configFile('http.tls.keyFile', keyFile), cert: configFile('http.tls.certFile', certFile) }
  try {
    createSecureContext(files)
  } catch (cause) {
    throw new OpsError('CONFIG_INVALID', 'http.tls: key and certificate cannot be used', { cause })
  }
  return files
}

const DEMO: Principal = { name: 'demo', role: 'operator', by: 'demo', csrf: randomBytes(18).toString('base64url') }
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
/** A foreign name that was made to point here (DNS rebinding) is not this machine asking. */
const OWN_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

function principalOf(request: FastifyRequest, config: HttpConfig, users: Users): Principal | undefined {
  const [scheme, token] = request.headers.authorization?.split(' ') ?? []
  if (scheme?.toLowerCase() === 'bearer' && token !== undefined) return users.byToken(token)
  const session = request.cookies[SESSION_COOKIE]
  const signedIn = session === undefined ? undefined : users.bySession(session)
  return signedIn ?? (config.demo && LOOPBACK.has(request.ip) && OWN_NAMES.has(request.hostname) ? DEMO : undefined)
}
