import type { Act } from './acts.ts'
import { agenda } from './agenda.ts'
import { SITES, siteOf, TRUCKS } from './network.ts'
import { seededRandom } from './random.ts'
import { runRoom, runYard } from './rooms.ts'
import { runTruck } from './trucks.ts'
import { work } from './work.ts'

/**
 * The demo's world: two warehouses, a cross-dock, twelve trucks. A pure function of seed and start: the same acts at
 * the same virtual times, whoever watches. So a restarted demo runs it again in silence up to where it was.
 */
export interface World {
  /** Everything that happens up to `until` (UTC ms, virtual) and was not returned before, in time order. */
  advance(until: number): Act[]
}

export function world(seed: number, start: number): World {
  const plans = agenda()
  let acts: Act[] = []
  const stage = { plan: plans.plan, act: (act: Act) => void acts.push(act) }
  // Each part has chance of its own, so that one more sensor does not change what the people do.
  const chance = (part: number) => seededRandom(seed * 1000 + part)

  const people = work(stage, chance(1), start)
  for (const [i, truck] of TRUCKS.entries()) runTruck(truck, i, stage, people, chance(100 + i), start)
  for (const [i, site] of SITES.entries()) runRoom(site, stage, chance(200 + i), start)
  runYard(siteOf('cross-dock'), stage, chance(300), start)

  return {
    advance(until) {
      plans.runUntil(until)
      const happened = acts
      acts = []
      return happened
    },
  }
}
