import { type Random, seededRandom } from '../random.ts'
import { MINUTE, type Note, type Scenario } from './scenario.ts'
import { drawFaults, type Fault, type Order, world } from './world.ts'

/** Share of orders recorded on a truck or in a room where they are not. */
const WRONG_BINDINGS = 0.05
/** Share of trucks and rooms whose feed is down, and whose clock is wrong. */
const FEEDS_DOWN = 0.08
const CLOCKS_WRONG = 0.05
/** Share of false alarms that do not pass. */
const FALSE_STANDING = 0.25
/** An alarm that stands is noticed again this often. */
const REPEAT = 4 * MINUTE

/**
 * A generator of another form than the model: a fault heats its sensors one after another, each to its own degree, so
 * alarms lag and come together; false alarms come in bursts at a rate that drifts from run to run; faults overlap;
 * records are wrong, clocks skewed and feeds missing.
 */
export function otherForm(seed: number, count: number, faultCount?: number): Scenario {
  const random = seededRandom(seed)
  const real = world(random, count)
  const now = 60 * MINUTE
  const since = now - random.between(9, 14) * MINUTE
  const down = new Set(boxes(real).filter(() => random.chance(FEEDS_DOWN)))
  const skew = new Map(
    boxes(real)
      .filter(() => random.chance(CLOCKS_WRONG))
      .map((box) => [box, random.between(-8, 8) * MINUTE]),
  )
  const live = real.filter((order) => !down.has(boxOf(order)))
  const faults = overlapping(random, live, drawFaults(random, live, faultCount as 0 | 1 | 2 | 3 | undefined))
  const heat = new Map<string, { degree: number; lag: number }>()
  const notes: Note[] = []
  const note = (order: Order, at: number, what: Note['what']) =>
    notes.push({ at: at + (skew.get(boxOf(order)) ?? 0), order: order.name, what })

  for (const order of real) {
    const stale = down.has(boxOf(order)) || random.chance(0.03)
    note(order, stale ? now - random.between(15, 40) * MINUTE : now - random.between(0, 4) * MINUTE, 'seen')
    if (stale) continue
    for (const fault of faults) {
      if (!order.groups.includes(fault.group)) continue
      const at = alarmAt(random, heat, fault, order, since)
      if (at !== undefined && at <= now) for (let again = at; again <= now; again += REPEAT) note(order, again, 'alarm')
    }
  }
  falseAlarms(random, live, now, (order, at) => note(order, at, 'alarm'))
  notes.sort((a, b) => a.at - b.at)
  const orders = real.map((order) => (random.chance(WRONG_BINDINGS) ? misbound(random, order, real) : order))
  return { orders, notes, now, since, truth: faults.map(({ group }) => group) }
}

const boxOf = ({ groups }: Order) => groups[1] ?? ''
const boxes = (orders: readonly Order[]) => [...new Set(orders.map(boxOf))]

/** Each sensor under a fault warms at its own pace; each order on it crosses its limit some time later, or never. */
function alarmAt(
  random: Random,
  heat: Map<string, { degree: number; lag: number }>,
  { group, reach }: Fault,
  order: Order,
  since: number,
): number | undefined {
  const key = `${group} ${order.groups[0]}`
  let place = heat.get(key)
  if (place === undefined) {
    // Some sensors see all of it and some little: mean `reach`, spread far wider than independent orders would have.
    const odds = Math.log(reach / (1 - Math.min(reach, 0.98))) + 0.8 * random.normal()
    place = { degree: 1 / (1 + Math.exp(-odds)), lag: random.exponential(2.5) * MINUTE }
    heat.set(key, place)
  }
  if (!random.chance(place.degree)) return undefined
  return since + place.lag + random.exponential(1.5) * MINUTE
}

/** Every second pair of faults is made to share orders. */
function overlapping(random: Random, orders: readonly Order[], faults: Fault[]): Fault[] {
  const [first, second] = faults
  if (first === undefined || second === undefined || random.chance(0.5)) return faults
  const members = orders.filter(({ groups }) => groups.includes(first.group))
  const level = second.group.split(':')[0]
  const near = members.flatMap(({ groups }) => groups.filter((group) => group.startsWith(`${level}:`)))
  const free = near.filter((group) => faults.every((fault) => fault.group !== group))
  if (free.length > 0) second.group = random.pick(free)
  return faults
}

/** A rate between 0.5 and 4 % that drifts over the hour, and bursts: a few neighbours at one dock, at one moment. */
function falseAlarms(random: Random, orders: readonly Order[], now: number, alarm: (order: Order, at: number) => void) {
  const start = random.between(0.005, 0.03)
  const end = random.between(0.005, 0.04)
  for (const order of orders)
    for (let quarter = 0; quarter < 4; quarter++) {
      const rate = start + ((end - start) * quarter) / 3
      if (random.chance(rate)) stand(random, order, now - (3 - quarter + random.unit()) * 15 * MINUTE, now, alarm)
    }
  for (let burst = random.poisson(1.5); burst > 0; burst--) {
    const at = now - random.between(0, 15) * MINUTE
    const { groups } = random.pick(orders)
    const dock = groups.find((group) => group.startsWith('dock:')) ?? ''
    const near = orders.filter((order) => order.groups.includes(dock))
    for (let i = 0; i < 3; i++) alarm(random.pick(near), at + random.unit() * MINUTE)
  }
}

/** Most false alarms pass; some stay, as a bad sensor's do. */
function stand(random: Random, order: Order, from: number, now: number, alarm: (order: Order, at: number) => void) {
  alarm(order, from)
  if (!random.chance(FALSE_STANDING)) return
  for (let at = from + REPEAT; at <= now; at += REPEAT) alarm(order, at)
}

function misbound(random: Random, order: Order, all: readonly Order[]): Order {
  const other = random.pick(all)
  const dock = order.groups.filter((group) => group.startsWith('dock:'))
  return { name: order.name, groups: [...other.groups.filter((group) => !group.startsWith('dock:')), ...dock] }
}
