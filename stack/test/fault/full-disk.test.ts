import { join } from 'node:path'
import { eventually } from '@waytrace/standard/testing'
import { describe, expect, it } from 'vitest'
import { balanceOf, printBalance } from '../support/balance.ts'
import { loggedAtLeast, PATIENCE, scenes } from '../support/scene.ts'
import { smallDisk } from '../support/small-disk.ts'

const EVENTS = 20_000
const make = scenes()

describe('a full disk at the centre', () => {
  it('makes senders wait and says so; nothing acknowledged is lost, and all goes on when there is room', async () => {
    const disk = make.ends(smallDisk(), (made) => made.remove())
    const env = { WAYTRACE_JOURNAL_RESERVE_BYTES: String(disk.reserveBytes) }
    const place = await make.centre({ data: join(disk.path, 'data'), env })
    const fleet = await make.fleet(place)
    const [broker, ingest] = await Promise.all([place.broker(), place.ingest(), make.agent(fleet)])

    fleet.report(EVENTS)
    await loggedAtLeast(place, EVENTS / 5)
    disk.fill()
    await eventually(() => place.health('broker').state === 'degraded', PATIENCE)
    expect(place.health('broker').reasons.join()).toContain('publishers wait')
    // Devices go on: the agent has a disk of its own.
    await fleet.reported()
    const held = place.logged()
    expect(held).toBeLessThan(EVENTS)
    expect(fleet.spooled()).toBeGreaterThan(0)
    // Restarted on the full disk, they come up and wait on.
    await Promise.all([broker.crash(), ingest.crash()])
    await eventually(() => place.health('broker').state === 'degraded', PATIENCE)
    expect(place.logged()).toBeLessThan(EVENTS)

    disk.clear()
    await fleet.forgotten()
    await place.drained()
    const balance = await balanceOf(fleet.trackers, place.data)
    printBalance(`disk full at ${held} events, then cleared`, balance)
    expect(balance).toMatchObject({ accepted: fleet.wanted, stored: fleet.wanted, lost: 0, doubled: 0, refused: 0 })
    await eventually(() => place.health('broker').state === 'ok' && place.health('ingest').state === 'ok', PATIENCE)
  }, 300_000)
})
