import { mayUse, ROLES, type Role } from '@waytrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testShell } from './shell.ts'

/** Who may use each route. A route that is not here, or a line without a route, fails the test. */
const TABLE: Record<string, Role | 'public'> = {
  'POST /api/session': 'public',
  'GET /api/session': 'public',
  'DELETE /api/session': 'viewer',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'viewer',
  'GET /api/health': 'viewer',
  'GET /api/live': 'viewer',
  'GET /api/openapi.json': 'public',
  'GET /*': 'public',
  'GET /api/users': 'admin',
  'PUT /api/users/:name': 'admin',
  'DELETE /api/users/:name': 'admin',
  'GET /api/tokens': 'admin',
  'POST /api/tokens': 'admin',
  'DELETE /api/tokens/:id': 'admin',
  'GET /api/agents': 'admin',
  'GET /api/orders': 'viewer',
  'GET /api/orders/funnel': 'viewer',
  'GET /api/orders/:order': 'viewer',
  'GET /api/orders/:order/events': 'viewer',
  'GET /api/devices': 'viewer',
  'POST /api/devices/:device/commands': 'operator',
  'GET /api/devices/:device/commands': 'viewer',
  'PUT /api/devices/:device/config': 'operator',
  'GET /api/devices/:device/config': 'viewer',
  'GET /api/readings': 'viewer',
  'GET /api/dead-letters': 'viewer',
  'GET /api/dead-letters/:id': 'viewer',
  'POST /api/dead-letters/:id/replay': 'operator',
  'POST /epcis/capture': 'operator',
  'GET /epcis/events': 'viewer',
}

describe('access', () => {
  let site: Awaited<ReturnType<typeof testShell>>
  const tokens = new Map<Role, string>()

  beforeAll(async () => {
    site = await testShell()
    for (const role of ROLES) tokens.set(role, (await site.users.createToken(`t-${role}`, role)).token)
    await site.app.ready()
  })
  afterAll(() => site.close())

  it('names every route of the shell and no other', () => {
    expect(
      Object.fromEntries(site.shell.routes.map(({ method, url, access }) => [`${method} ${url}`, access])),
    ).toEqual(TABLE)
  })

  for (const [route, access] of Object.entries(TABLE)) {
    const [method, url] = route.split(' ') as ['GET', string]
    const payload = method === 'GET' ? {} : { payload: {} }
    if (url === '/api/live') continue // an endless answer; its access is judged by the same hook before it begins
    it(`${route} is for ${access}`, async () => {
      const path = url.replaceAll(/:\w+/g, 'x').replace('*', 'style.css')
      const nobody = await site.app.inject({ method, url: path, ...payload })
      expect([401].includes(nobody.statusCode) && nobody.json().code === 'UNAUTHENTICATED').toBe(
        access !== 'public' || route === 'GET /api/session',
      )
      for (const role of ROLES) {
        const headers = { authorization: `Bearer ${tokens.get(role)}` }
        const answer = await site.app.inject({ method, url: path, headers, ...payload })
        expect(answer.statusCode === 403, `${role} at ${route}: ${answer.statusCode}`).toBe(!mayUse(role, access))
      }
    })
  }
})
