import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/demo/random.ts'
import { balanceOf, printBalance } from '../support/balance.ts'
import { loggedAtLeast, scenes } from '../support/scene.ts'

/** More for a longer run: WAYTRACE_FAULT_EVENTS=1000000 npx vitest run stack/test/fault/kill.test.ts */
const EVENTS = Number(process.env.WAYTRACE_FAULT_EVENTS ?? 100_000)
const SEED = Number(process.env.WAYTRACE_FAULT_SEED ?? 1)
const KILLS = 9
const make = scenes()

describe('kill -9 at random moments', () => {
  it(`loses and doubles nothing of ${EVENTS} events when agent, broker and ingest are killed in turn`, async () => {
    const place = await make.centre()
    const fleet = await make.fleet(place)
    const victims = await Promise.all([make.agent(fleet), place.broker(), place.ingest()])
    const random = seededRandom(SEED)
    // The moments are lengths of the log: wherever the chain is then, it is in the middle of its work.
    const moments = Array.from({ length: KILLS }, () => random.between(0.02, 0.95) * EVENTS).sort((a, b) => a - b)

    fleet.report(EVENTS)
    for (const [i, moment] of moments.entries()) {
      await loggedAtLeast(place, moment)
      await victims[i % victims.length]?.crash()
    }
    await fleet.reported()
    await fleet.forgotten()
    await place.drained()
    const balance = await balanceOf(fleet.trackers, place.data)
    printBalance(`kill -9 of agent, broker and ingest, ${KILLS} times (seed ${SEED})`, balance)
    expect(balance).toMatchObject({ accepted: fleet.wanted, stored: fleet.wanted, lost: 0, doubled: 0, refused: 0 })
  }, 900_000)
})
