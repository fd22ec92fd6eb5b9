import { eventually } from '@waytrace/standard/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/demo/random.ts'
import { balanceOf, printBalance } from '../support/balance.ts'
import { type Centre, centre } from '../support/centre.ts'
import { enrolledFleet, type Fleet } from '../support/fleet.ts'
import { type Supervised, supervised } from '../support/waytrace.ts'

/** More for a longer run: WAYTRACE_FAULT_EVENTS=1000000 npx vitest run stack/test/fault/kill.test.ts */
const EVENTS = Number(process.env.WAYTRACE_FAULT_EVENTS ?? 100_000)
const SEED = Number(process.env.WAYTRACE_FAULT_SEED ?? 1)
const KILLS = 9

let place: Centre | undefined
let fleet: Fleet | undefined
let agent: Supervised | undefined
afterEach(async () => {
  fleet?.stop()
  await agent?.stop('SIGKILL')
  await place?.close()
})

describe('kill -9 at random moments', () => {
  it(`loses and doubles nothing of ${EVENTS} events when agent, broker and ingest are killed in turn`, async () => {
    place = await centre()
    fleet = await enrolledFleet(place)
    const broker = await place.broker()
    const ingest = await place.ingest()
    agent = await supervised(/^Agent is ready/, ['agent', '--config', fleet.configFile])
    const victims = [agent, broker, ingest]
    const random = seededRandom(SEED)
    // The moments are numbers of the log: wherever the chain is then, it is in the middle of its work.
    const moments = Array.from({ length: KILLS }, () => Math.floor(random.between(0.02, 0.95) * EVENTS)).sort(
      (a, b) => a - b,
    )

    fleet.report(EVENTS)
    for (const [i, moment] of moments.entries()) {
      const { logged } = place
      await eventually(() => logged() >= moment, { timeoutMs: 180_000 })
      await victims[i % victims.length]?.crash()
    }
    await fleet.reported()
    const { accepted } = { accepted: fleet.acknowledged }
    await place.drained()
    const balance = await balanceOf(fleet.trackers, place.data)
    printBalance(`kill -9 of agent, broker and ingest, ${KILLS} times (seed ${SEED})`, balance)
    expect(balance).toMatchObject({ accepted, stored: accepted, lost: 0, doubled: 0 })
  }, 900_000)
})
