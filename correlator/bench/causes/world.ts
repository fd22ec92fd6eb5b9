import type { Random } from '../random.ts'

/** An order and what it shares with others: its recorded groups. */
export interface Order {
  name: string
  groups: string[]
}

/** The kinds of fault with their share of all faults and the share of orders that they alarm. */
export const FAULTS = [
  { level: 'truck', share: 0.3, low: 0.5, high: 0.9 },
  { level: 'sensor', share: 0.25, low: 0.8, high: 1 },
  { level: 'room', share: 0.12, low: 0.5, high: 0.9 },
  { level: 'leg', share: 0.08, low: 0.3, high: 0.7 },
  { level: 'region', share: 0.08, low: 0.2, high: 0.5 },
  { level: 'firmware', share: 0.07, low: 0.2, high: 0.5 },
  { level: 'dock', share: 0.06, low: 0.5, high: 0.9 },
  { level: 'carrier', share: 0.04, low: 0.3, high: 0.7 },
] as const

/** Faults at the same time, drawn from these. */
const AT_ONCE = [0, 1, 1, 1, 2, 3] as const
const LEAST_MEMBERS = 4

/** 80 trucks of 4 sensors on 40 legs, 10 rooms of 8 sensors, 24 docks; 70 % of the orders move. */
export function world(random: Random, count: number): Order[] {
  const legs = Array.from({ length: 40 }, () => random.below(8))
  const trucks = Array.from({ length: 80 }, () => ({
    leg: random.below(40),
    carrier: random.below(6),
    firmware: random.below(5),
  }))
  const rooms = Array.from({ length: 10 }, () => random.below(5))
  return Array.from({ length: count }, (_, i) => {
    const name = `order-${i}`
    const dock = `dock:${random.below(24)}`
    if (random.chance(0.3)) {
      const room = random.below(10)
      return { name, groups: [`sensor:r${room}-${random.below(8)}`, `room:${room}`, dock, `firmware:${rooms[room]}`] }
    }
    const truck = random.below(80)
    const { leg, carrier, firmware } = trucks[truck] ?? { leg: 0, carrier: 0, firmware: 0 }
    return {
      name,
      groups: [
        `sensor:t${truck}-${random.below(4)}`,
        `truck:${truck}`,
        `leg:${leg}`,
        `region:${legs[leg]}`,
        `carrier:${carrier}`,
        `firmware:${firmware}`,
        dock,
      ],
    }
  })
}

export interface Fault {
  group: string
  reach: number
}

/** Faults of this world: by kind, then a group of that kind with enough members. */
export function drawFaults(random: Random, orders: readonly Order[], count = random.pick(AT_ONCE)): Fault[] {
  const members = new Map<string, number>()
  for (const { groups } of orders) for (const group of groups) members.set(group, (members.get(group) ?? 0) + 1)
  const faults: Fault[] = []
  while (faults.length < count) {
    const { level, low, high } = drawKind(random)
    const groups = [...members].filter(([group, size]) => group.startsWith(`${level}:`) && size >= LEAST_MEMBERS)
    const [group] = random.pick(groups)
    if (faults.every((fault) => fault.group !== group)) faults.push({ group, reach: random.between(low, high) })
  }
  return faults
}

function drawKind(random: Random) {
  let rest = random.unit()
  for (const kind of FAULTS) {
    rest -= kind.share
    if (rest < 0) return kind
  }
  return FAULTS[0]
}
