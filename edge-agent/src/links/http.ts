import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { OpsError } from '@waytrace/standard'
import type { LinkOf } from '../link-config.ts'
import type { Link } from '../ports.ts'
import { firstLine } from '../uplink/connection.ts'
import type { LinkPorts } from './open-link.ts'
import { takeMessage } from './unwrapping.ts'

/** Takes webhooks by POST or PUT. 200: on disk; 503: not taken, send again; 4xx: never send that again. */
export function httpLink(config: LinkOf<'http'>, ports: LinkPorts): Link {
  const { clock, events, unwrap } = ports
  let server: Server | undefined
  let token: string | undefined

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path !== config.path) return answer(response, 404, 'there is nothing here')
    if (request.method !== 'POST' && request.method !== 'PUT') return answer(response, 405, 'send a POST')
    if (token !== undefined && !authorised(request.headers.authorization, token))
      return answer(response, 401, 'the bearer token is missing or wrong')
    const body = await bodyOf(request, config.maxBytes)
    if (body === undefined) return answer(response, 413, `more than ${config.maxBytes} bytes`)
    const frames = await takeMessage(body, clock.now(), { unwrap, topic: path, events })
    answer(response, 200, `${frames} frames`)
  }

  return {
    start() {
      token = config.tokenFile === undefined ? config.token : firstLine(config.tokenFile)
      return new Promise((resolve, reject) => {
        const made = createServer((request, response) => {
          handle(request, response).catch((error) => {
            const busy = error instanceof OpsError && error.disposition === 'retry'
            if (!busy) ports.log.error({ err: error }, 'webhook failed')
            answer(response, 503, 'not taken, send again later')
          })
        })
        made.requestTimeout = 30_000
        made.once('error', (cause: NodeJS.ErrnoException) =>
          reject(
            cause.code === 'EADDRINUSE'
              ? new OpsError('PORT_IN_USE', `port ${config.port} is taken`, { cause })
              : cause,
          ),
        )
        made.listen(config.port, config.host, () => {
          events.state('up', {})
          resolve()
        })
        server = made
      })
    },
    stop() {
      return new Promise((resolve) => {
        if (server?.listening !== true) return resolve()
        server.close(() => resolve())
        server.closeIdleConnections()
      })
    },
    address() {
      const where = server?.address()
      if (where === null || typeof where !== 'object') throw new OpsError('LINK_DOWN', 'the link is not listening')
      return { host: where.address, port: where.port }
    },
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

/** Undefined when it is larger than allowed; the rest is read away, so that the answer reaches the sender. */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
    else chunks.length = 0
    if (size > maxBytes * 16) return undefined
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks)
}

function authorised(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
