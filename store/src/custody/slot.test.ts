import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contradictions, type Fact, insertFact, retractFact, staysOf } from './slot.ts'

const HOUR = 3_600_000

function into(group: string, hour: number, how: Fact['how'] = 'moved'): Fact {
  return { op: 'in', at: hour * HOUR, position: hour, group, kind: 'vehicle', how }
}
function out(group: string | undefined, hour: number): Fact {
  return { op: 'out', at: hour * HOUR, position: hour, how: 'moved', ...(group === undefined ? {} : { group }) }
}
function held(...facts: Fact[]): readonly Fact[] {
  return facts.reduce<readonly Fact[]>((all, fact) => insertFact(all, fact), [])
}
function hours(facts: readonly Fact[]) {
  return staysOf(facts).map(({ group, from, to }) => [group, from / HOUR, to === undefined ? undefined : to / HOUR])
}

test('a stay lasts from going in to going out', () => {
  expect(hours(held(into('A', 1), out('A', 4)))).toEqual([['A', 1, 4]])
})

test('a late event repairs what was believed', () => {
  expect(hours(held(into('A', 1), into('C', 9)))).toEqual([
    ['A', 1, 9],
    ['C', 9, undefined],
  ])
  expect(hours(held(into('A', 1), into('C', 9), out('A', 3), into('B', 5)))).toEqual([
    ['A', 1, 3],
    ['B', 5, 9],
    ['C', 9, undefined],
  ])
})

test('leaving what one was not in ends nothing', () => {
  expect(hours(held(into('A', 1), out('B', 2)))).toEqual([['A', 1, undefined]])
  expect(hours(held(into('A', 1), out(undefined, 2)))).toEqual([['A', 1, 2]])
})

test('a place that is reported each minute is one stay and one fact', () => {
  const minute = HOUR / 60
  const facts = held(
    ...Array.from({ length: 600 }, (_, i) => ({ ...into('A', 0, 'seen'), at: i * minute, position: i })),
  )
  expect(facts).toHaveLength(1)
  expect(staysOf(facts)).toHaveLength(1)
})

test('a run of sightings that something else interrupted is two stays', () => {
  expect(hours(held(into('A', 1, 'seen'), into('A', 5, 'seen'), into('B', 3, 'seen')))).toEqual([
    ['A', 1, 3],
    ['B', 3, 5],
    ['A', 5, undefined],
  ])
})

test('an earlier sighting of the same place begins the stay earlier', () => {
  expect(hours(held(into('A', 5, 'seen'), into('A', 2, 'seen')))).toEqual([['A', 2, undefined]])
})

test('what an event said can be taken back', () => {
  const facts = held(into('A', 1), into('B', 3), out('B', 5))
  expect(hours(retractFact(facts, into('B', 3)))).toEqual([['A', 1, undefined]])
  expect(retractFact(facts, into('B', 4))).toBe(facts)
})

describe('contradictions', () => {
  test('two vehicles without leaving the first are one, and a late unloading explains them', () => {
    const facts = held(into('A', 1), into('B', 3))
    expect(contradictions(facts)).toEqual([
      { kind: 'two-vehicles', groups: ['A', 'B'], at: 3 * HOUR, positions: [1, 3] },
    ])
    expect(contradictions(insertFact(facts, out('A', 2)))).toEqual([])
  })

  test('unloading from another vehicle than the one loaded into is one', () => {
    expect(contradictions(held(into('A', 1), out('B', 3)))).toMatchObject([{ kind: 'not-inside', groups: ['A', 'B'] }])
  })
})

/** Moves at different hours between three vehicles. */
const moves = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 12 }).chain((times) =>
  fc.tuple(
    ...times.map((hour) =>
      fc.oneof(
        fc.constantFrom('A', 'B', 'C').map((g) => into(g, hour)),
        fc.constantFrom('A', 'B', undefined).map((g) => out(g, hour)),
      ),
    ),
  ),
)

test('moves give the same stays in whatever order they become known', () => {
  fc.assert(
    fc.property(moves, fc.infiniteStream(fc.nat()), (facts, random) => {
      const shuffled = [...facts]
        .map((fact) => ({ fact, key: random.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ fact }) => fact)
      expect(staysOf(held(...shuffled))).toEqual(staysOf(held(...facts)))
    }),
  )
})

test('knowing a fact twice changes nothing, and stays never overlap', () => {
  fc.assert(
    fc.property(moves, (facts) => {
      const once = held(...facts)
      for (const fact of facts) expect(staysOf(insertFact(once, fact))).toEqual(staysOf(once))
      const stays = staysOf(once)
      for (const [i, stay] of stays.entries()) {
        const next = stays[i + 1]
        if (next !== undefined) expect(stay.to ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(next.from)
      }
    }),
  )
})
