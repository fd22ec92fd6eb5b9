import { seededRandom } from '../random.ts'
import { MINUTE, type Note, type Scenario } from './scenario.ts'
import { drawFaults, world } from './world.ts'

export interface Noise {
  falseAlarms: number
  /** Share of a fault's alarms that arrive. */
  kept: number
}

export const NOISE = {
  clean: { falseAlarms: 0.01, kept: 1 },
  noisy: { falseAlarms: 0.03, kept: 1 },
  lossy: { falseAlarms: 0.01, kept: 0.6 },
} as const satisfies Record<string, Noise>

/** The generator that shares the noisy-OR form with the engine: every figure on it flatters us. */
export function modelForm(seed: number, count: number, noise: Noise, faultCount?: number): Scenario {
  const random = seededRandom(seed)
  const orders = world(random, count)
  const faults = drawFaults(random, orders, faultCount as 0 | 1 | 2 | 3 | undefined)
  const now = 20 * MINUTE
  const since = now - 10 * MINUTE
  const notes: Note[] = []
  for (const { name, groups } of orders) {
    notes.push({ at: now - random.between(0, 4) * MINUTE, order: name, what: 'seen' })
    const hit = faults.some(({ group, reach }) => groups.includes(group) && random.chance(reach * noise.kept))
    if (hit || random.chance(noise.falseAlarms))
      notes.push({ at: now - random.between(0, 10) * MINUTE, order: name, what: 'alarm' })
  }
  notes.sort((a, b) => a.at - b.at)
  return { orders, notes, now, since, truth: faults.map(({ group }) => group) }
}
