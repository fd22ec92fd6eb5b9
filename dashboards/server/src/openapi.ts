import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { CSRF_HEADER } from './access.ts'
import { SESSION_COOKIE } from './routes/session.ts'

/** The parts of the OpenAPI document that do not come from routes. */
export const openapiBase = {
  openapi: '3.1.0',
  info: {
    title: 'Waytrace',
    version: '0.1.0',
    description:
      'Orders, devices and what happens to them. Lists are {items, next}; errors {code, message, doNext, issues}.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'An API token, made by an administrator.' },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: SESSION_COOKIE,
        description: `A browser session; writes also need the header ${CSRF_HEADER}, whose value /api/session gives.`,
      },
    },
  },
} as const

const error = {
  type: 'object',
  properties: {
    code: { type: 'string', description: 'A code of docs/generated/errors.md.' },
    message: { type: 'string' },
    doNext: { type: 'string' },
    issues: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, message: { type: 'string' } },
        required: ['path', 'message'],
      },
    },
  },
  required: ['code', 'message', 'doNext', 'issues'],
} as const

/** A route's schemas as the document shows them, with who may use it and how it fails. Serialisation is untouched. */
export const describeRoute: typeof jsonSchemaTransform = (route) => {
  const { schema, url } = jsonSchemaTransform(route)
  if (schema === undefined || schema.hide === true) return { schema, url }
  const access = 'route' in route ? route.route.config?.access : undefined
  const open = access === undefined || access === 'public'
  return {
    url,
    schema: {
      ...schema,
      operationId: operationId(route),
      ...(open
        ? { security: [] }
        : { security: [{ token: [] }, { session: [] }], description: `For the role ${access}.` }),
      response: {
        ...(schema.response as object | undefined),
        default: { description: 'It failed.', content: { 'application/json': { schema: error } } },
      },
    },
  }
}

function operationId(route: Parameters<typeof jsonSchemaTransform>[0]): string {
  const method = 'route' in route ? [route.route.method].flat()[0] : ''
  const words = route.url.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'api')
  return `${String(method).toLowerCase()}${words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('')}`
}
