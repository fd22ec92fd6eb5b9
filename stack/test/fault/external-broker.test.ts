import { describe, expect, it } from 'vitest'
import { balanceOf, printBalance } from '../support/balance.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { loggedAtLeast, scenes } from '../support/scene.ts'

const EVENTS = 30_000
const make = scenes()

describe('an external broker that forgets', () => {
  it('costs nothing: Mosquitto acknowledges, is killed with its queue, and the agent sends again', async () => {
    const mosquitto = make.ends(await startMosquitto(), (made) => made.stop())
    const place = await make.centre({ externalUrl: mosquitto.url })
    const fleet = await make.fleet(place)
    const [ingest] = await Promise.all([place.ingest(), make.agent(fleet)])

    fleet.report(EVENTS)
    await loggedAtLeast(place, EVENTS / 6)
    await mosquitto.crash()
    await loggedAtLeast(place, EVENTS / 3)
    // While ingest is away the queue at the broker grows, and it goes with the broker.
    await Promise.all([ingest.crash(), mosquitto.crash()])
    await loggedAtLeast(place, EVENTS / 2)
    await mosquitto.crash()
    await fleet.reported()
    await fleet.forgotten()
    await place.drained()
    const balance = await balanceOf(fleet.trackers, place.data)
    printBalance('Mosquitto killed three times with its queue', balance)
    expect(balance).toMatchObject({ accepted: fleet.wanted, stored: fleet.wanted, lost: 0, doubled: 0, refused: 0 })
  }, 300_000)
})
