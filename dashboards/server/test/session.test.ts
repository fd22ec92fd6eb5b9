import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CSRF_HEADER } from '../src/access.ts'
import { testShell } from './shell.ts'

describe('sessions', () => {
  let site: Awaited<ReturnType<typeof testShell>>
  let password: string
  beforeAll(async () => {
    site = await testShell()
    password = await site.users.save('ada', 'admin')
  })
  afterAll(() => site.close())

  const signIn = (name: string, secret: string) =>
    site.app.inject({ method: 'POST', url: '/api/session', payload: { name, password: secret } })

  it('signs in with the right password, and the cookie is out of reach of scripts and other sites', async () => {
    const answer = await signIn('ada', password)
    expect(answer.statusCode).toBe(200)
    expect(answer.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
    expect(answer.body).not.toContain(password)
  })

  it('refuses a write of a session without its CSRF header, and takes it with the header', async () => {
    const session = await signIn('ada', password)
    const cookies = { [session.cookies[0]?.name ?? '']: session.cookies[0]?.value ?? '' }
    const request = { method: 'PUT', url: '/api/users/grace', payload: { role: 'viewer' }, cookies } as const
    expect((await site.app.inject(request)).statusCode).toBe(403)
    const answer = await site.app.inject({ ...request, headers: { [CSRF_HEADER]: session.json().csrf } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().password).toHaveLength(24)
  })

  it('leaves an audit fact of a write in the raw journal', async () => {
    const { token } = await site.users.createToken('t', 'admin')
    const before = site.rawJournal.stats().last
    await site.app.inject({
      method: 'PUT',
      url: '/api/users/bob',
      payload: { role: 'viewer' },
      headers: { authorization: `Bearer ${token}` },
    })
    const [entry] = site.rawJournal.read(before + 1, 1)
    expect(Buffer.from(entry?.bytes ?? []).toString()).toContain('"action":"user.save"')
  })

  it('ends the session at sign-out and when the password changes', async () => {
    const first = await signIn('ada', password)
    const cookies = { [first.cookies[0]?.name ?? '']: first.cookies[0]?.value ?? '' }
    password = await site.users.save('ada', 'admin')
    expect((await site.app.inject({ url: '/api/users', cookies })).statusCode).toBe(401)
  })

  it('locks a name after five wrong passwords, also for the right one', async () => {
    await site.users.save('eve', 'viewer', 'correct-horse-battery')
    for (let i = 0; i < 5; i++) expect((await signIn('eve', 'wrong')).statusCode).toBe(401)
    const locked = await signIn('eve', 'correct-horse-battery')
    expect(locked.statusCode).toBe(429)
    expect(locked.json().code).toBe('RATE_EXCEEDED')
  })

  it('forgets a token that was revoked or ran out', async () => {
    const { id, token } = await site.users.createToken('short', 'viewer', 1)
    expect(site.users.byToken(token)).toBeUndefined()
    const other = await site.users.createToken('long', 'viewer')
    await site.users.revokeToken(other.id)
    expect(site.users.byToken(other.token)).toBeUndefined()
    expect(site.users.tokens().map((entry) => entry.id)).toContain(id)
  })
})

describe('the demo user', () => {
  it('is signed in on loopback in demo mode only, and is no admin', async () => {
    const demo = await testShell({ demo: true })
    const plain = await testShell()
    try {
      expect((await demo.app.inject({ url: '/api/session' })).json()).toMatchObject({ name: 'demo', by: 'demo' })
      expect((await demo.app.inject({ url: '/api/session', remoteAddress: '192.0.2.1' })).statusCode).toBe(401)
      const rebound = { url: '/api/session', headers: { host: 'example.org' } }
      expect((await demo.app.inject(rebound)).statusCode).toBe(401)
      expect((await demo.app.inject({ url: '/api/users' })).statusCode).toBe(403)
      expect((await plain.app.inject({ url: '/api/session' })).statusCode).toBe(401)
    } finally {
      await demo.close()
      await plain.close()
    }
  })
})

it('says which port is taken instead of failing with a stack', async () => {
  const first = await testShell()
  try {
    await first.shell.start()
    const second = await testShell({ port: Number(new URL(first.shell.address).port) })
    await expect(second.shell.start()).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    await second.close()
  } finally {
    await first.close()
  }
})
