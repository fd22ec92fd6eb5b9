import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CauseEngine, type CauseOptions } from './engine.ts'

const MINUTE = 60_000
const KIND = 'temperature'

interface Placed {
  name: string
  groups: string[]
}

/** 240 orders on 24 trucks of two sensors, two trucks a leg, six legs a region; every truck runs firmware 1 or 2. */
const ORDERS: Placed[] = Array.from({ length: 240 }, (_, i) => {
  const truck = i % 24
  const leg = truck >> 1
  return {
    name: `order-${i}`,
    groups: [
      `truck:${truck}`,
      `sensor:${truck}-${i % 48 < 24 ? 'a' : 'b'}`,
      `leg:${leg}`,
      `region:${leg % 2}`,
      `firmware:${truck % 2}`,
    ],
  }
})

function engineOf(alarmed: (order: Placed, i: number) => boolean, options: CauseOptions = {}, orders = ORDERS) {
  const engine = new CauseEngine(options)
  for (const { name, groups } of orders) {
    engine.screen.place(name, groups, 0)
    engine.screen.seen(name, KIND, MINUTE)
  }
  for (const [i, order] of orders.entries()) if (alarmed(order, i)) engine.screen.alarm(order.name, KIND, MINUTE)
  return engine
}

const causesOf = (engine: CauseEngine) => engine.tick(2 * MINUTE).flatMap(({ causes }) => causes)
const on = (group: string) => (order: Placed) => order.groups.includes(group)
/** Every fifth order of a group stays quiet. */
const mostOf = (group: string) => (order: Placed, i: number) => on(group)(order) && Math.floor(i / 24) % 5 !== 4

test('a reefer fails: its truck is named with counts inside and outside', () => {
  const [cause, ...more] = causesOf(engineOf((order, i) => mostOf('truck:5')(order, i) || i === 0))
  expect(more).toEqual([])
  expect(cause).toMatchObject({ names: ['truck:5'], n: 10, k: 8, nOutside: 230, kOutside: 1 })
})

test('a sensor lies: it is the sensor, not its truck', () => {
  expect(causesOf(engineOf(on('sensor:7-a'))).map(({ names }) => names[0])).toEqual(['sensor:7-a'])
})

test('a heat wave slows a region: one cause, not its dozen trucks', () => {
  const everyThird = (order: Placed, i: number) => on('region:1')(order) && Math.floor(i / 24) % 3 === 0
  expect(causesOf(engineOf(everyThird)).map(({ names }) => names[0])).toEqual(['region:1'])
})

test('two trucks fail at once: two causes', () => {
  const engine = engineOf((order, i) => mostOf('truck:5')(order, i) || mostOf('truck:14')(order, i))
  expect(
    causesOf(engine)
      .flatMap(({ names }) => names)
      .sort(),
  ).toEqual(['truck:14', 'truck:5'])
})

test('a truck alone on its leg: both names, as no alarm can tell them apart', () => {
  const orders = ORDERS.filter(({ groups }) => !groups.includes('truck:10'))
  const [cause] = causesOf(engineOf(mostOf('truck:11'), {}, orders))
  expect(cause?.names).toEqual(['truck:11', 'leg:5'])
  expect(cause?.ambiguousWith).toEqual([{ names: ['leg:5'], margin: 0 }])
})

test('a compressor that stands still decides between a truck and its leg', () => {
  const orders = ORDERS.filter(({ groups }) => !groups.includes('truck:10'))
  const support = (group: string) => (group === 'leg:5' ? 9 : 0)
  const [cause] = causesOf(engineOf(mostOf('truck:11'), { support }, orders))
  expect(cause).toMatchObject({ names: ['leg:5', 'truck:11'], ambiguousWith: [] })
})

test('alarms of orders that share nothing name nobody', () => {
  expect(causesOf(engineOf((_, i) => i % 49 === 0))).toEqual([])
})

test('beside a failing truck, many false alarms are not blamed on the firmwares that hold all orders between them', () => {
  const many = Array.from({ length: 1200 }, (_, i) => ({ ...(ORDERS[i % 240] as Placed), name: `order-${i}` }))
  const engine = engineOf((order, i) => (on('truck:5')(order) && i % 3 !== 0) || (i * 7919) % 1201 < 48, {}, many)
  const [report] = engine.tick(2 * MINUTE)
  expect(report?.causes.map(({ names }) => names[0])).toEqual(['truck:5'])
  expect(report?.falseAlarmRate).toBeGreaterThan(0.03)
})

test('a firmware release silences gateways: silence is a kind of its own', () => {
  const engine = engineOf(() => false, { freshMs: Number.POSITIVE_INFINITY })
  for (const [i, { name, groups }] of ORDERS.entries()) {
    engine.screen.seen(name, 'silence', MINUTE)
    if (groups.includes('firmware:1') && Math.floor(i / 24) % 3 === 0) engine.screen.alarm(name, 'silence', MINUTE)
  }
  expect(engine.tick(2 * MINUTE)).toMatchObject([{ kind: 'silence', causes: [{ names: ['firmware:1'] }] }])
})

const alarmSets = fc.uniqueArray(fc.nat(239), { maxLength: 30 })

test('renaming groups and orders changes nothing but the names', () => {
  fc.assert(
    fc.property(alarmSets, fc.constantFrom('truck:5', 'leg:3', 'sensor:2-b'), (noise, group) => {
      const alarmed = (order: Placed, i: number) => mostOf(group)(order, i) || noise.includes(i)
      const renamed = ORDERS.map(({ name, groups }) => ({
        name: `x${name}`,
        groups: groups.map((one) => one.replace(/:(\d+)/, (_, digits: string) => `:q${99 - Number(digits)}`)),
      }))
      const plain = causesOf(engineOf(alarmed))
      const other = causesOf(engineOf((_, i) => alarmed(ORDERS[i] as Placed, i), {}, renamed))
      const facts = (causes: typeof plain) => causes.map(({ n, k }) => `${k}/${n}`).sort()
      expect(facts(other)).toEqual(facts(plain))
    }),
    { numRuns: 25 },
  )
})

test('one more quiet order in a group never makes it more believable', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (more) => {
      const oddsWith = (quiet: number) => {
        const extra = Array.from({ length: quiet }, (_, i) => ({
          name: `extra-${i}`,
          groups: ['truck:5', 'leg:2', 'region:0', 'firmware:1'],
        }))
        const engine = engineOf((order, i) => i < 240 && mostOf('truck:5')(order, i), {}, [...ORDERS, ...extra])
        return causesOf(engine).find(({ names }) => names[0] === 'truck:5')?.logOdds ?? Number.NEGATIVE_INFINITY
      }
      expect(oddsWith(more)).toBeLessThanOrEqual(oddsWith(more - 1) + 1e-9)
    }),
    { numRuns: 12 },
  )
})

test('the order of arrival changes nothing', () => {
  fc.assert(
    fc.property(alarmSets, fc.integer(), (noise, seed) => {
      const alarmed = (order: Placed, i: number) => mostOf('truck:5')(order, i) || noise.includes(i)
      const straight = new CauseEngine()
      const shuffled = new CauseEngine()
      const mixed = [...ORDERS.entries()].sort(([a], [b]) => ((a * 7919 + seed) % 241) - ((b * 7919 + seed) % 241))
      for (const [engine, orders] of [
        [straight, [...ORDERS.entries()]],
        [shuffled, mixed],
      ] as const)
        for (const [i, order] of orders) {
          engine.screen.place(order.name, order.groups, 0)
          if (alarmed(order, i)) engine.screen.alarm(order.name, KIND, MINUTE)
          engine.screen.seen(order.name, KIND, MINUTE)
        }
      const tell = (engine: CauseEngine) =>
        causesOf(engine).map(({ names, k, n, logOdds }) => ({ names, k, n, logOdds: logOdds.toFixed(6) }))
      expect(tell(shuffled)).toEqual(tell(straight))
    }),
    { numRuns: 25 },
  )
})
