import { createServer, type IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { systemClock } from '@waytrace/standard/process'
import { exampleOrder, exampleTime, objectEvent, readingEvent } from '@waytrace/standard/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { accept } from '../../contract/store-contract.ts'
import { influxStore } from '../influx.ts'
import { type InfluxInput, influxConfig } from './config.ts'
import { memoryPointNumbers } from './point-numbers.ts'

/** What the versions answer, as their sources and manuals state it: only 1.6 can be run here. */
interface Reply {
  status: number
  body?: string
  headers?: Record<string, string>
  /** The connection breaks instead of an answer, after the write was taken. */
  lost?: boolean
}
interface Post {
  path: string
  lines: string[]
  authorization: string | undefined
}

/** A server that answers writes as `reply` says; `stored` holds the lines of answers that store. */
async function server(version: string, reply: (post: Post, attempt: number) => Reply) {
  const posts: Post[] = []
  const http = createServer(async (request, response) => {
    const body = await text(request)
    if (request.url?.startsWith('/ping')) {
      response.writeHead(204, { 'x-influxdb-version': version }).end()
      return
    }
    const post = { path: request.url ?? '', lines: body.split('\n'), authorization: request.headers.authorization }
    posts.push(post)
    const { status, body: answer = '', headers = {}, lost } = reply(post, posts.length)
    if (lost === true) request.socket.destroy()
    else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(answer)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, posts }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
}

function storeAt(url: string, extra: Partial<InfluxInput> = {}) {
  const config = influxConfig.parse({ url, ...extra })
  return influxStore(config, { numbers: memoryPointNumbers(), clock: systemClock() })
}

const batch = [1, 2, 3, 4].map((n) => accept(n, objectEvent({ time: exampleTime(n), orderid: exampleOrder(n) })))
const poison = accept(5, readingEvent({ time: exampleTime(5), deviceid: 'urn:test:poison' }))
const isPoison = (line: string) => line.includes('poison')
const stored: Reply = { status: 204 }

describe('where the lines go', () => {
  test('1.8 takes the 1.x address with Basic credentials and a stated precision', async () => {
    const { url, posts } = await server('1.8.10', () => stored)
    await storeAt(url, { database: 'd b', retentionPolicy: 'r', username: 'u', password: 'p' }).write(batch)
    expect(posts[0]?.path).toBe('/write?db=d+b&precision=ns&rp=r')
    expect(posts[0]?.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`)
  })

  test('2.x takes org, bucket and token', async () => {
    const { url, posts } = await server('v2.7.12', () => stored)
    await storeAt(url, { org: 'o', bucket: 'b', token: 't' }).write(batch)
    expect(posts[0]?.path).toBe('/api/v2/write?org=o&bucket=b&precision=ns')
    expect(posts[0]?.authorization).toBe('Token t')
  })

  test('3 Core takes its own address, because the others refuse a batch for its first bad line', async () => {
    const { url, posts } = await server('3.4.1', () => stored)
    await storeAt(url, { database: 'd', token: 't' }).write(batch)
    expect(posts[0]?.path).toBe('/api/v3/write_lp?db=d&precision=ns')
  })
})

describe('bad lines', () => {
  test('1.8 stores the good lines of a partial write, and the bad one is found', async () => {
    const { url } = await server('1.8.10', ({ lines }) =>
      lines.some(isPoison)
        ? { status: 400, body: '{"error":"partial write: field type conflict: input field \\"value\\" dropped=1"}' }
        : stored,
    )
    const result = await storeAt(url).write([...batch, poison])
    expect(result.accepted).toBe(4)
    expect(result.rejected.map(({ index, error }) => [index, error.code])).toEqual([[4, 'POINT_REJECTED']])
  })

  test('2.x stores nothing of a batch with a syntax error: the good lines are written again', async () => {
    const kept = new Set<string>()
    const { url } = await server('v2.7.12', ({ lines }) => {
      if (lines.some(isPoison))
        return { status: 400, body: '{"code":"invalid","message":"unable to parse \'x\': missing fields"}' }
      for (const line of lines) kept.add(line)
      return stored
    })
    const result = await storeAt(url, { org: 'o', token: 't' }).write([...batch, poison])
    expect(result.rejected.map(({ index }) => index)).toEqual([4])
    expect([...kept].filter((line) => line.startsWith('order_event'))).toHaveLength(4)
  })

  test('2.x answers 422 for a type conflict', async () => {
    const { url } = await server('v2.7.12', ({ lines }) =>
      lines.some(isPoison)
        ? {
            status: 422,
            body: '{"code":"unprocessable entity","message":"failure writing points to database: partial write: field type conflict dropped=1"}',
          }
        : stored,
    )
    const result = await storeAt(url, { org: 'o', token: 't' }).write([poison, ...batch])
    expect(result.rejected.map(({ index }) => index)).toEqual([0])
    expect(result.rejected[0]?.error.message).toMatch(/field type conflict/)
  })

  test('3 Core names the lines: one post is enough', async () => {
    const { url, posts } = await server('3.4.1', ({ lines }) => ({
      status: 400,
      body: JSON.stringify({
        error: 'partial write of line protocol occurred',
        data: lines.flatMap((line, i) =>
          isPoison(line) ? [{ original_line: line, line_number: i + 1, error_message: 'invalid column type' }] : [],
        ),
      }),
    }))
    const result = await storeAt(url, { token: 't' }).write([...batch, poison])
    expect(result).toMatchObject({ accepted: 4, rejected: [{ index: 4 }] })
    expect(result.rejected[0]?.error.message).toMatch(/invalid column type/)
    expect(posts).toHaveLength(1)
  })

  test('201 is not success: some versions say so when a part was refused', async () => {
    const { url } = await server('3.0.0', ({ lines }) => (lines.some(isPoison) ? { status: 201 } : stored))
    expect((await storeAt(url, { token: 't' }).write([...batch, poison])).rejected).toMatchObject([{ index: 4 }])
  })

  test('a 400 about the request itself blames no event', async () => {
    const { url, posts } = await server('1.8.10', () => ({ status: 400, body: '{"error":"database is required"}' }))
    expect(await storeAt(url).write(batch)).toMatchObject({
      accepted: 0,
      rejected: [],
      retry: { code: 'STORE_REFUSED' },
    })
    expect(posts).toHaveLength(1)
  })
})

describe('the world', () => {
  test.each([401, 403, 404])('%i is a refusal: nothing is dropped, nothing is halved', async (status) => {
    const { url, posts } = await server('v2.7.12', () => ({ status, body: '{"message":"no"}' }))
    const result = await storeAt(url, { org: 'o', token: 'wrong' }).write(batch)
    expect(result).toMatchObject({ accepted: 0, rejected: [], retry: { code: 'STORE_REFUSED' } })
    expect(posts).toHaveLength(1)
  })

  test('413 splits the post until it fits', async () => {
    const { url, posts } = await server('1.8.10', ({ lines }) => (lines.length > 3 ? { status: 413 } : stored))
    expect(await storeAt(url).write(batch)).toEqual({ accepted: 4, rejected: [] })
    expect(posts.filter(({ lines }) => lines.length <= 3).flatMap(({ lines }) => lines)).toHaveLength(12)
  })

  test('429 waits as long as Retry-After says, in seconds', async () => {
    const { url } = await server('v2.7.12', () => ({ status: 429, headers: { 'retry-after': '2' } }))
    const result = await storeAt(url, { token: 't' }).write(batch)
    expect(result).toMatchObject({ accepted: 0, retryAfterMs: 2000, retry: { code: 'STORE_UNAVAILABLE' } })
  })

  test.each([500, 503])('%i is a retry', async (status) => {
    const { url, posts } = await server('1.8.10', () => ({ status, body: '{"error":"timeout"}' }))
    const result = await storeAt(url).write(batch)
    expect(result).toMatchObject({ accepted: 0, rejected: [], retry: { code: 'STORE_UNAVAILABLE' } })
    expect(result.retry?.message).toMatch(/timeout/)
    expect(posts).toHaveLength(1)
  })

  test('a 204 that is lost on the way is written again, the same points', async () => {
    const { url, posts } = await server('1.8.10', (_, attempt) => ({ ...stored, lost: attempt === 1 }))
    const store = storeAt(url)
    expect(await store.write(batch)).toMatchObject({ accepted: 0, retry: { code: 'STORE_UNAVAILABLE' } })
    expect(await store.write(batch)).toEqual({ accepted: 4, rejected: [] })
    expect(posts[1]?.lines).toEqual(posts[0]?.lines)
  })

  test('a server that never answers is given up after the time-out', async () => {
    const http = createServer(() => {})
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      http.closeAllConnections()
      http.close()
    })
    const address = http.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const result = await storeAt(url, { timeoutMs: 100 }).write(batch)
    expect(result).toMatchObject({ accepted: 0, retry: { code: 'STORE_UNAVAILABLE' } })
  })

  test('what is no InfluxDB is said to be none', async () => {
    const http = createServer((_, response) => response.writeHead(200).end('hello'))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void http.close())
    const address = http.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    expect((await storeAt(url).write(batch)).retry?.message).toMatch(/does not answer \/ping like an InfluxDB/)
  })
})
