import { CauseEngine, type Screen } from '../../src/causes/index.ts'
import { readTable } from '../../src/causes/table/rows.ts'
import { tableCauses } from '../../src/causes/table/table-causes.ts'
import { seededRandom } from '../random.ts'
import { labelledTable } from '../tables.ts'
import { modelForm, NOISE } from './model-form.ts'
import { KIND, MINUTE } from './scenario.ts'
import { type Order, world } from './world.ts'

export interface Speeds {
  eventsPerSecond: number
  /** Median ms of screen and explanation at 10,000 orders with two faults, and the longest. */
  explainMs: number
  explainWorstMs: number
  /** Median ms of a table of about 10,000 rows. */
  tableMs: number
  tableRows: number
}

export function speeds(quick: boolean): Speeds {
  const times = explainTimes(quick ? 3 : 15)
  const tables = tableTimes(quick ? 3 : 25)
  return {
    eventsPerSecond: throughput(quick ? 200_000 : 1_000_000),
    explainMs: median(times),
    explainWorstMs: Math.max(...times),
    tableMs: median(tables.times),
    tableRows: tables.rows,
  }
}

/** Readings of 10,000 orders, one in a hundred an alarm, with a tick of the screen every 200 ms of event time. */
function throughput(events: number): number {
  const random = seededRandom(7)
  const orders = world(random, 10_000)
  const { screen } = new CauseEngine()
  for (const { name, groups } of orders) screen.place(name, groups, 0)
  const spent = processorMs(() => feed(events, orders, screen))
  return events / (spent / 1000)
}

function feed(events: number, orders: readonly Order[], screen: Screen): void {
  for (let i = 0; i < events; i++) {
    const order = orders[i % orders.length]?.name ?? ''
    const at = i
    if (i % 100 === 0) screen.alarm(order, KIND, at)
    else screen.seen(order, KIND, at)
    if (i % 200 === 0) screen.advance(at)
  }
}

/** Processor time of this process, in ms: other work on the machine must not count. */
function processorMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function explainTimes(runs: number): number[] {
  const times: number[] = []
  for (let seed = 1; seed <= runs; seed++) {
    const { orders, notes, now } = modelForm(seed, 10_000, NOISE.noisy, 2)
    const engine = new CauseEngine()
    for (const { name, groups } of orders) engine.screen.place(name, groups, 0)
    for (const { at, order, what } of notes)
      if (what === 'seen') engine.screen.seen(order, KIND, at)
      else engine.screen.alarm(order, KIND, at)
    engine.screen.advance(now + MINUTE / 60)
    times.push(processorMs(() => engine.report(KIND)))
  }
  return times
}

function tableTimes(runs: number): { times: number[]; rows: number } {
  const times: number[] = []
  let rows = 0
  for (let seed = 1; seed <= runs; seed++) {
    const { names, records } = labelledTable(seed, {
      kind: seed % 2 === 0 ? 'counted' : 'expected',
      sizes: [12, 12, 10, 8],
      density: 0.87,
      causes: 2,
      layer: 2,
      noise: 0.1,
      groupNoise: 0.01,
      strength: 'horizontal',
      sameCuboid: true,
    })
    rows = records.length
    const table = readTable(names, records)
    times.push(processorMs(() => tableCauses(table)))
  }
  return { times, rows }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
