import { ERRORS, type ErrorCode, OpsError } from '@waytrace/standard'
import type { FastifyInstance } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  CREDENTIAL_REJECTED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RATE_EXCEEDED: 429,
  PAYLOAD_TOO_LARGE: 413,
  STORE_UNAVAILABLE: 503,
  STORE_REFUSED: 503,
  JOURNAL_FULL: 503,
  BROKER_BUSY: 503,
}

/** Every failure leaves as `{code, message, doNext, issues}`; unknown ones as 500 without their inside. */
export function answerErrors(app: FastifyInstance) {
  app.setErrorHandler((error, request, reply) => {
    const known = asOpsError(error)
    if (known === undefined) {
      request.log.error({ err: error }, 'request failed')
      return reply
        .code(500)
        .send({ code: 'INTERNAL', message: 'the server failed; see its log', doNext: '', issues: [] })
    }
    const { code, message, issues } = known
    return reply.code(STATUS[code] ?? 400).send({ code, message, doNext: ERRORS[code].doNext, issues })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      code: 'NOT_FOUND',
      message: `${request.method} ${request.url.split('?')[0]} does not exist`,
      doNext: 'See /api/openapi.json for all routes.',
      issues: [],
    }),
  )
}

function asOpsError(error: unknown): OpsError | undefined {
  if (error instanceof OpsError) return error
  if (hasZodFastifySchemaValidationErrors(error))
    return new OpsError('INPUT_INVALID', 'the request is not of the expected form', {
      issues: error.validation.map((v) => ({
        path: `${v.instancePath}`.slice(1).replaceAll('/', '.'),
        message: v.message ?? '',
      })),
    })
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode === 413) return new OpsError('PAYLOAD_TOO_LARGE', message ?? 'body too large')
  if (statusCode === 429) return new OpsError('RATE_EXCEEDED', message ?? 'too many requests')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new OpsError('INPUT_INVALID', message ?? 'bad request')
  return undefined
}
