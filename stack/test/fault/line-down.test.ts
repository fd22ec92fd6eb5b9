import { eventually, faultProxy } from '@waytrace/standard/testing'
import { describe, expect, it } from 'vitest'
import { balanceOf, printBalance } from '../support/balance.ts'
import { loggedAtLeast, PATIENCE, scenes } from '../support/scene.ts'

const EVENTS = 12_000
const OFFLINE = 70_000
const make = scenes()

describe('the line between agent and broker', () => {
  it('may be half open, in one direction or both: the agent takes it for dead and sends again on a new one', async () => {
    const place = await make.centre()
    const proxy = make.ends(await faultProxy({ target: { port: place.mqttPort } }), (made) => made.close())
    const uplink = { ackTimeoutMs: 500, keepaliveS: 1 }
    const fleet = await make.fleet({ ...place, brokerUrl: `mqtt://127.0.0.1:${proxy.port}`, uplink })
    await Promise.all([place.broker(), place.ingest(), make.agent(fleet)])

    fleet.report(EVENTS)
    // Publishes arrive, acknowledgements and marks do not: what is sent again must be known again.
    // Then nothing arrives, and nobody says so.
    for (const [at, direction] of [
      [EVENTS / 6, 'down'],
      [EVENTS / 3, 'both'],
    ] as const) {
      await loggedAtLeast(place, at)
      const before = proxy.opened
      proxy.halt(direction)
      await eventually(() => proxy.opened > before, PATIENCE)
      proxy.pass()
    }
    await fleet.reported()
    await fleet.forgotten()
    await place.drained()
    const balance = await balanceOf(fleet.trackers, place.data)
    printBalance('half-open connections', balance)
    expect(balance).toMatchObject({ accepted: fleet.wanted, stored: fleet.wanted, lost: 0, doubled: 0, refused: 0 })
  }, 300_000)

  it(`may be missing for ${OFFLINE} events: the agent keeps them through a kill, and drains them when it is there`, async () => {
    const place = await make.centre()
    const fleet = await make.fleet(place)
    const agent = await make.agent(fleet)
    fleet.report(OFFLINE)
    await eventually(() => fleet.acknowledged >= OFFLINE / 2, PATIENCE)
    await agent.crash()
    await fleet.reported()
    expect(fleet.spooled()).toBeGreaterThanOrEqual(OFFLINE)
    expect(place.logged()).toBe(0)

    await Promise.all([place.broker(), place.ingest()])
    await fleet.forgotten()
    await place.drained()
    const balance = await balanceOf(fleet.trackers, place.data)
    printBalance('spooled offline, then drained', balance)
    expect(balance).toMatchObject({ accepted: fleet.wanted, stored: fleet.wanted, lost: 0, doubled: 0, refused: 0 })
  }, 300_000)
})
