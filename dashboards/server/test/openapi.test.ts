import {
  aggregationEvent,
  exampleOrder,
  exampleSscc,
  exampleTime,
  objectEvent,
  readingEvent,
} from '@waytrace/standard/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { testShell } from './shell.ts'

/** OpenAPI 3.1.0, the objects that a document of ours may hold: anything else in them is a mistake. */
const jsonSchema = z.record(z.string(), z.unknown())
const content = z.record(z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/), z.strictObject({ schema: jsonSchema }))
const parameter = z.strictObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: jsonSchema,
})
const response = z.strictObject({ description: z.string().min(1), content: content.optional() })
const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  summary: z.string().min(5),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameter).optional(),
  requestBody: z
    .strictObject({ required: z.boolean().optional(), description: z.string().optional(), content })
    .optional(),
  responses: z.record(z.string().regex(/^([1-5]\d\d|default)$/), response),
})
const methods = z.enum(['get', 'put', 'post', 'delete'])
const document = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  components: z.strictObject({
    schemas: z.record(z.string(), jsonSchema),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.enum(['http', 'apiKey']) })),
  }),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(methods, operation)),
})
type Document = z.infer<typeof document>
type Operation = z.infer<typeof operation>

const [order, sscc] = [exampleOrder('A'), exampleSscc(1)]
const PROBE = 'urn:epc:id:giai:9521321.PROBE7'
const TRUCK = 'https://id.gs1.org/8003/09521321000018TRK7'
const day = [
  objectEvent({ time: exampleTime(0), orderid: order, data: { bizStep: 'picking', epcList: [sscc] } }),
  aggregationEvent({ time: exampleTime(60), data: { bizStep: 'loading', parentID: TRUCK, childEPCs: [sscc] } }),
  readingEvent({
    time: exampleTime(120),
    deviceid: PROBE,
    value: 5.5,
    data: { bizStep: 'transporting', epcList: [TRUCK], readPoint: { id: TRUCK } },
  }),
]

describe('the description of the API', () => {
  let site: Awaited<ReturnType<typeof testShell>>
  let described: Document
  const get = async (url: string) => site.app.inject({ url })

  beforeAll(async () => {
    site = await testShell({ demo: true })
    await site.app.ready()
    const accepted = day.map((event, i) => ({ event, position: i + 1, receivedAt: 1, site: 'wh1', agent: 'edge1' }))
    await site.events.write(accepted)
    await site.knowledge.projection.apply(accepted)
    const letter = {
      receivedAt: 1,
      topic: 'wt/x',
      origin: 'wh1/edge1',
      code: 'EVENT_INVALID',
      message: 'no',
      issues: [],
    }
    await site.knowledge.deadLetters.add({ id: 'l-1', ...letter, payload: Buffer.from('{') })
    await site.knowledge.identities.enrol({
      site: 'wh1',
      agent: 'edge1',
      kind: 'agent',
      sourceUrn: 'urn:epc:id:giai:9521321.AGT1',
      devices: { probe: { urn: PROBE, kind: 'sensor' } },
    })
    described = document.parse((await get('/api/openapi.json')).json())
  })
  afterAll(() => site.close())

  const operations = (): [string, Operation][] =>
    Object.entries(described.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, found]): [string, Operation] => [`${method.toUpperCase()} ${path}`, found]),
    )

  it('is OpenAPI 3.1: every operation has a name of its own, and every part of its path a parameter', () => {
    const names = operations().map(([, { operationId }]) => operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const [route, { parameters = [] }] of operations()) {
      const inPath = parameters.filter((one) => one.in === 'path')
      expect(inPath.map(({ name }) => `{${name}}`).sort(), route).toEqual((route.match(/\{\w+\}/g) ?? []).sort())
      expect(
        inPath.every(({ required }) => required === true),
        route,
      ).toBe(true)
    }
  })

  it('describes every route but the static files and itself, for whom it is, and what it answers', () => {
    const shown = operations().map(([route]) => route.replaceAll(/\{(\w+)\}/g, ':$1'))
    const served = site.shell.routes.map(({ method, url }) => `${method} ${url}`)
    expect(shown.sort()).toEqual(served.filter((route) => !/ \/(\*|api\/openapi\.json)$/.test(route)).sort())
    for (const [route, { responses, security }] of operations()) {
      const well = Object.entries(responses).filter(([status]) => status.startsWith('2'))
      expect(well.length, route).toBe(1)
      for (const [status, { content: body }] of well) expect(status === '204' || body !== undefined, route).toBe(true)
      const access = site.shell.routes.find(
        ({ method, url }) => route.replaceAll(/\{(\w+)\}/g, ':$1') === `${method} ${url}`,
      )
      expect(security.length === 0, route).toBe(access?.access === 'public')
    }
  })

  it('holds only JSON schemas that can be read', () => {
    for (const [route, { parameters = [], requestBody, responses }] of operations()) {
      const bodies = [requestBody?.content, ...Object.values(responses).map(({ content: body }) => body)]
      const schemas = [...parameters, ...bodies.flatMap((body) => Object.values(body ?? {}))].map(
        ({ schema }) => schema,
      )
      for (const schema of schemas)
        expect(() => z.fromJSONSchema(schema), `${route} ${JSON.stringify(schema)}`).not.toThrow()
    }
  })

  const asked = encodeURIComponent(PROBE)
  it.each([
    ['/api/orders', '/api/orders', 'updatedAt'],
    ['/api/orders/funnel', '/api/orders/funnel', '"picked"'],
    ['/api/orders/{order}', `/api/orders/${encodeURIComponent(order)}`, '5.5'],
    ['/api/orders/{order}/events', `/api/orders/${encodeURIComponent(order)}/events`, 'specversion'],
    ['/api/devices', '/api/devices', PROBE],
    ['/api/readings', `/api/readings?device=${asked}&from=0&to=${Date.parse(exampleTime(200))}`, '5.5'],
    ['/api/dead-letters', '/api/dead-letters', 'EVENT_INVALID'],
    ['/api/dead-letters/{id}', '/api/dead-letters/l-1', 'base64'],
    ['/api/devices/{device}/config', `/api/devices/${asked}/config`, 'version'],
    ['/api/devices/{device}/commands', `/api/devices/${asked}/commands`, 'items'],
    ['/api/health', '/api/health', 'ingest'],
    ['/api/session', '/api/session', 'demo'],
    ['/healthz', '/healthz', 'ok'],
    ['/readyz', '/readyz', 'true'],
    ['/epcis/events', '/epcis/events', 'EPCISQueryDocument'],
  ])('%s answers what it says it does', async (path, url, proof) => {
    const answer = await get(url)
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain(proof)
    const schema = described.paths[path]?.get?.responses['200']?.content?.['application/json']?.schema
    expect(schema).toBeDefined()
    z.fromJSONSchema(schema ?? {}).parse(answer.json())
  })

  it('says how every route fails', async () => {
    const answer = await get('/api/orders/nobody')
    expect(answer.statusCode).toBe(404)
    const schema = described.paths['/api/orders/{order}']?.get?.responses.default?.content?.['application/json']?.schema
    z.fromJSONSchema(schema ?? {}).parse(answer.json())
    expect(schema).toBeDefined()
  })

  it('tells the media types of what is no JSON', () => {
    expect(Object.keys(described.paths['/metrics']?.get?.responses['200']?.content ?? {})).toEqual(['text/plain'])
    expect(Object.keys(described.paths['/api/live']?.get?.responses['200']?.content ?? {})).toEqual([
      'text/event-stream',
    ])
  })
})
