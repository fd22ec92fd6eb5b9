import { CauseEngine } from '../../src/causes/index.ts'
import { KIND, MINUTE, type Scenario } from './scenario.ts'

/** How long after its onset a single fault was named for good; undefined when it never was. */
export interface Localised {
  seconds: number
  /** Alarms heard since the onset. */
  alarms: number
}

const STEP = 5_000
const AFTER = 15 * MINUTE

/** Feeds a scenario in order of time and asks every five seconds of event time. */
export function localise({ orders, notes, since, now, truth }: Scenario): Localised | undefined {
  const [fault] = truth
  const engine = new CauseEngine()
  for (const { name, groups } of orders) engine.screen.place(name, groups, 0)
  // All that have a feed are heard from the start: freshness is not what is measured here.
  for (const { order, at, what } of notes)
    if (what === 'seen' && at > now - 10 * MINUTE) engine.screen.seen(order, KIND, at)
  const alarms = notes.filter(({ what }) => what === 'alarm')
  let next = 0
  let heard = 0
  for (let time = since; time <= Math.min(now, since + AFTER); time += STEP) {
    for (; next < alarms.length && (alarms[next]?.at ?? 0) <= time; next++) {
      const { order, at } = alarms[next] as (typeof alarms)[number]
      engine.screen.alarm(order, KIND, at)
      if (at >= since) heard++
    }
    engine.screen.advance(time)
    const named = engine.report(KIND).causes.flatMap(({ names }) => names)
    if (fault !== undefined && named.includes(fault)) return { seconds: (time - since) / 1000, alarms: heard }
  }
  return undefined
}
