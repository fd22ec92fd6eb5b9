import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Screen } from './screen.ts'

const MINUTE = 60_000
const KIND = 'temperature'

/** Twenty orders on four trucks, each with a fresh reading. */
function fleet(names: (truck: number) => string = (truck) => `truck:${truck}`): Screen {
  const screen = new Screen()
  for (let i = 0; i < 20; i++) {
    screen.place(`order-${i}`, [names(i % 4), 'region:north'], 0)
    screen.seen(`order-${i}`, KIND, 0)
  }
  return screen
}

const named = (screen: Screen, threshold = 2) =>
  screen.suspects(KIND, threshold).map(({ group, k, n }) => ({ group: screen.groups.names[group], k, n }))

test('a truck whose orders are alarmed while all others are quiet is the suspect', () => {
  const screen = fleet()
  for (const i of [1, 5, 9, 13]) screen.alarm(`order-${i}`, KIND, MINUTE)
  expect(named(screen)).toEqual([{ group: 'truck:1', k: 4, n: 5 }])
})

test('a chattering sensor counts once', () => {
  const screen = fleet()
  for (let again = 0; again < 50; again++) screen.alarm('order-1', KIND, again * 1000)
  expect(screen.counters(KIND).total).toBe(1)
  expect(named(screen, 0)).toEqual([])
})

test('an order without readings for more than five minutes leaves n and k, and comes back with its next reading', () => {
  const screen = fleet()
  for (const i of [1, 5, 9]) screen.alarm(`order-${i}`, KIND, MINUTE)
  for (let i = 0; i < 20; i++) if (i !== 9) screen.seen(`order-${i}`, KIND, 6 * MINUTE)
  screen.advance(8 * MINUTE)
  expect([screen.counters(KIND).size, screen.counters(KIND).total]).toEqual([19, 2])
  screen.seen('order-9', KIND, 9 * MINUTE)
  expect([screen.counters(KIND).size, screen.counters(KIND).total]).toEqual([20, 3])
})

test('an alarm is forgotten when a quiet window has passed', () => {
  const screen = new Screen({ freshMs: Number.POSITIVE_INFINITY })
  for (let i = 0; i < 20; i++) {
    screen.place(`order-${i}`, [`truck:${i % 4}`], 0)
    screen.seen(`order-${i}`, KIND, 0)
  }
  for (const i of [1, 5, 9]) screen.alarm(`order-${i}`, KIND, MINUTE)
  screen.advance(15 * MINUTE)
  expect(screen.counters(KIND).total).toBe(3)
  screen.advance(16 * MINUTE)
  expect(screen.counters(KIND).total).toBe(0)
  expect(screen.counters(KIND).size).toBe(20)
})

test('an order that changes truck takes its place along, but its alarm stays with the truck of that time', () => {
  const screen = fleet()
  for (const i of [1, 5, 9, 13]) screen.alarm(`order-${i}`, KIND, MINUTE)
  screen.place('order-1', ['truck:2', 'region:north'], 2 * MINUTE)
  screen.place('order-3', ['truck:2', 'region:north'], 2 * MINUTE)
  expect(named(screen)).toEqual([{ group: 'truck:1', k: 4, n: 5 }])
  const two = screen.groups.find('truck:2') ?? -1
  expect(screen.counters(KIND).n[two]).toBe(6)
})

test('a late alarm is judged by the groups it names', () => {
  const screen = fleet()
  screen.place('order-1', ['truck:2', 'region:north'], 2 * MINUTE)
  screen.alarm('order-1', KIND, MINUTE, ['truck:1', 'region:north'])
  const counters = screen.counters(KIND)
  expect(counters.k[screen.groups.find('truck:1') ?? -1]).toBe(1)
  expect(counters.k[screen.groups.find('truck:2') ?? -1]).toBe(0)
})

test('two failing trucks are both found: the first is set aside', () => {
  const screen = fleet()
  for (const i of [1, 5, 9, 13, 17, 2, 6, 10, 14]) screen.alarm(`order-${i}`, KIND, MINUTE)
  expect(named(screen, 1).map(({ group }) => group)).toEqual(['truck:1', 'truck:2'])
})

const stories = fc.array(
  fc.record({
    order: fc.nat(19),
    minute: fc.integer({ min: 0, max: 4 }),
    what: fc.constantFrom('seen' as const, 'alarm' as const),
  }),
  { maxLength: 40 },
)

function tell(screen: Screen, story: readonly { order: number; minute: number; what: 'seen' | 'alarm' }[]) {
  for (const { order, minute, what } of story)
    if (what === 'seen') screen.seen(`order-${order}`, KIND, minute * MINUTE)
    else screen.alarm(`order-${order}`, KIND, minute * MINUTE)
  screen.advance(6 * MINUTE)
  return screen
}

test('the order of arrival changes nothing', () => {
  fc.assert(
    fc.property(
      stories.chain((story) => fc.tuple(fc.constant(story), fc.shuffledSubarray(story, { minLength: story.length }))),
      ([story, shuffled]) => {
        const [a, b] = [tell(fleet(), story), tell(fleet(), shuffled)]
        expect(named(a, 0)).toEqual(named(b, 0))
        expect(a.counters(KIND).standing()).toBe(b.counters(KIND).standing())
      },
    ),
  )
})

test('renaming groups changes no score', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const scores = (screen: Screen) => screen.suspects(KIND, 0, 1).map(({ k, n, llr }) => ({ k, n, llr }))
      const renamed = fleet((truck) => `truck:${'zyxw'[truck]}`)
      expect(scores(tell(renamed, story)).map(({ llr }) => llr)).toEqual(
        scores(tell(fleet(), story)).map(({ llr }) => llr),
      )
    }),
  )
})

test('counts and hashes are those of a screen told only what is still true', () => {
  fc.assert(
    fc.property(stories, fc.array(fc.tuple(fc.nat(19), fc.nat(3)), { maxLength: 10 }), (story, moves) => {
      const screen = tell(fleet(), story)
      const places = new Map(Array.from({ length: 20 }, (_, i) => [i, i % 4]))
      for (const [order, truck] of moves) {
        screen.place(`order-${order}`, [`truck:${truck}`, 'region:north'], 7 * MINUTE)
        places.set(order, truck)
      }
      screen.advance(60 * MINUTE)
      expect(screen.counters(KIND).size).toBe(0)
      expect([...screen.counters(KIND).n].every((n) => n === 0)).toBe(true)
      expect([...screen.counters(KIND).low, ...screen.counters(KIND).high].every((bits) => bits === 0)).toBe(true)
    }),
  )
})
