import { eventually, freePort } from '@waytrace/standard/testing'
import { describe, expect, it } from 'vitest'
import { balanceOf } from './support/balance.ts'
import { PATIENCE, scenes } from './support/scene.ts'
import { supervised, told, waytrace } from './support/waytrace.ts'

const RECORDS = 160
const make = scenes()

describe('each part as a process of its own', () => {
  it('works with the others on one data folder, is seen by the control room, and ends cleanly', async () => {
    const place = await make.centre()
    const fleet = await make.fleet(place)
    const port = String(await freePort())
    const room = ['control-room', '--data', place.data, '--http-port', port]
    const [broker, ingest, agent, control] = await Promise.all([
      place.broker(),
      place.ingest(),
      make.agent(fleet),
      supervised(/^Control room is ready/, room).then((made) => make.ends(made, () => made.stop('SIGKILL'))),
    ])
    const [, password = ''] = /password (\S+)/.exec(control.current.lines.join('\n')) ?? []
    const http = await signedIn(`http://127.0.0.1:${port}`, password)

    fleet.report(RECORDS)
    await fleet.reported()
    await fleet.forgotten()
    await place.drained()
    expect(await balanceOf(fleet.trackers, place.data)).toMatchObject({ stored: RECORDS, lost: 0, doubled: 0 })
    await eventually(async () => {
      const { items } = await http<{ items: { device: string }[] }>('/api/devices?limit=100')
      return fleet.devices.every(({ urn }) => items.some(({ device }) => device === urn))
    }, PATIENCE)

    expect(await healthOf(http)).toMatchObject({ state: 'ok', broker: 'ok', ingest: 'ok', queues: 'ok' })
    // Killed parts are known to be missing; the control room goes on.
    await broker.current.kill('SIGKILL')
    const missing = { state: 'down', broker: 'down', ingest: 'degraded', queues: 'ok' }
    await eventually(async () => expect(await healthOf(http)).toMatchObject(missing), PATIENCE)

    const second = waytrace(['ingest', '--data', place.data, '--mqtt-port', String(place.mqttPort)])
    expect(await second.exited).toBe(1)
    expect(second.stderr).toMatch(/ALREADY_RUNNING/)

    expect(await Promise.all([ingest.stop(), agent.stop('SIGINT'), control.stop()])).toEqual([0, 0, 0])
    // Nobody speaks for ingest any more: it has taken its notice away.
    expect(place.health('ingest')).toMatchObject({ state: 'down', reasons: [expect.stringContaining('not running')] })
  }, 120_000)

  it('says in its help what it does and which options it takes', async () => {
    const parts = ['up', 'broker', 'ingest', 'control-room', 'agent']
    for (const help of await Promise.all(parts.map((part) => told([part, '--help'])))) {
      expect(help).toContain('--data <dir>')
      expect(help).toContain('--config <')
      expect(help.split('\n')[2]?.length).toBeGreaterThan(40)
    }
  })
})

type Get = <T>(path: string) => Promise<T>

/** A session of the administrator whose password the first start prints. */
async function signedIn(url: string, password: string): Promise<Get> {
  const session = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'admin', password }),
  })
  expect(session.status).toBe(200)
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
  return async <T>(path: string) => {
    const response = await fetch(`${url}${path}`, { headers: { cookie } })
    expect(response.status).toBe(200)
    return (await response.json()) as T
  }
}

async function healthOf(http: Get): Promise<Record<string, string>> {
  const { state, parts } = await http<{ state: string; parts: { name: string; state: string }[] }>('/api/health')
  return { state, ...Object.fromEntries(parts.map((part) => [part.name, part.state])) }
}
