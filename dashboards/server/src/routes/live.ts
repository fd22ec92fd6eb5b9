import { decodeLogRecord, type Journal } from '@waytrace/standard/journal'
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'

export interface LivePorts {
  /** The accepted log, read without a cursor: a live page never holds it back. */
  acceptedLog: Journal
}

const MOST_WAITING = 500

const schema = {
  summary: 'Every accepted event from now on, as server-sent events',
  headers: z.looseObject({
    'last-event-id': z.string().optional().describe('Number of the last event seen: resumes after it.'),
  }),
  response: {
    200: {
      description:
        'Messages `event` with id = number of the event and data = {position, receivedAt, site, agent, event}; ' +
        '`gap` with data = {missed} when the reader was too slow.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
  },
}

/**
 * Server-sent events: one `event` message for each accepted event from now on, with its number as the SSE id, so that a
 * page that reconnects resumes where it was. A page too slow to follow gets a `gap` message that counts what it missed.
 */
export function liveRoutes({ acceptedLog }: LivePorts): FastifyPluginAsync {
  return async (app) => {
    app.get('/api/live', { config: { access: 'viewer', rateLimit: false }, schema }, (request, reply) => {
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      const resumeAt = Number(request.headers['last-event-id'])
      let position = Number.isSafeInteger(resumeAt) && resumeAt > 0 ? resumeAt : acceptedLog.stats().last
      raw.write(`: from ${position}\n\n`)

      const send = () => {
        if (raw.writableNeedDrain) return
        const { first, last } = acceptedLog.stats()
        const behind = last - Math.max(position, first - 1) - MOST_WAITING
        if (behind > 0 || position < first - 1) {
          const from = Math.max(first - 1, last - MOST_WAITING)
          raw.write(`event: gap\ndata: ${JSON.stringify({ missed: from - position })}\n\n`)
          position = from
        }
        for (const entry of acceptedLog.read(position + 1, MOST_WAITING)) {
          position = entry.position
          const { receivedAt, site, agent, event } = decodeLogRecord(entry.bytes)
          raw.write(
            `id: ${position}\nevent: event\ndata: ${JSON.stringify({ position, receivedAt, site, agent, event })}\n\n`,
          )
        }
      }
      const unsubscribe = acceptedLog.onAppend(send)
      raw.on('drain', send)
      request.raw.on('close', unsubscribe)
      send()
    })
  }
}
