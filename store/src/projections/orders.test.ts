import { NODES } from '@waytrace/standard'
import { exampleOrder } from '@waytrace/standard/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OrderFact } from './order-fact.ts'
import { packOrder, unpackOrder } from './order-row.ts'
import { type OrderState, orderView, reduceOrder } from './orders.ts'
import { learnStages, type StageMeans } from './stages.ts'

const uri = exampleOrder('A')
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 15) + seconds * 1000).toISOString()

function fact(seconds: number, extra: Partial<OrderFact> = {}): OrderFact {
  return { key: seconds, ms: Date.parse(at(seconds)), at: at(seconds), position: seconds + 1, ...extra }
}
function reduced(...facts: OrderFact[]): OrderState {
  let state: OrderState | undefined
  for (const one of facts) state = reduceOrder(state, uri, one)
  if (state === undefined) throw new Error('no facts')
  return state
}
function nodeOf(state: OrderState, node: string, means: StageMeans = {}) {
  return orderView(state, means).nodes.find((visit) => visit.node === node)
}

test('the earliest visit of a node holds, however late it becomes known', () => {
  const state = reduced(
    fact(50, { node: 'packed', place: 'P' }),
    fact(20, { node: 'packed', place: 'P', operator: 'O' }),
  )
  expect(nodeOf(state, 'packed')).toEqual({ node: 'packed', at: at(20), place: 'P', operator: 'O', position: 21 })
})

test('a cross-dock on the way is told as another visit of the node', () => {
  const state = reduced(
    fact(10, { node: 'loaded', place: 'D1' }),
    fact(90, { node: 'loaded', place: 'D2' }),
    fact(11, { node: 'loaded', place: 'D1' }),
  )
  expect(nodeOf(state, 'loaded')).toMatchObject({ at: at(10), place: 'D1', again: [{ at: at(90), place: 'D2' }] })
})

test('hours of excursions hide neither what people said later nor their own newest, in whatever order they come', () => {
  const warm = Array.from({ length: 500 }, (_, i) =>
    fact(i * 60, { notes: [{ kind: 'excursion', text: `Temperature ${i} CEL` }] }),
  )
  const damaged = fact(400 * 60 + 1, { notes: [{ kind: 'exception', text: 'damaged' }] })
  const facts = [...warm, damaged]
  const { notes } = reduced(...facts)
  expect(notes.length).toBeLessThan(300)
  expect(notes.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['Temperature 0 CEL', 'damaged', 'Temperature 499 CEL']),
  )
  expect(reduced(...facts.reverse()).notes).toEqual(notes)
})

test('a restatement takes back what its event said, whichever is known first', () => {
  const wrong = fact(30, { key: 7, node: 'departed', notes: [{ kind: 'exception', text: 'damaged' }] })
  const voids = fact(30, { key: 7, position: 99, voids: true, notes: [{ kind: 'corrected', text: 'did_not_occur' }] })
  for (const state of [
    reduced(fact(1, { node: 'packed' }), wrong, voids),
    reduced(fact(1, { node: 'packed' }), voids, wrong),
  ]) {
    expect(nodeOf(state, 'departed')?.at).toBeUndefined()
    expect(orderView(state, {})).toMatchObject({ node: 'packed' })
    expect(state.notes.map(({ kind }) => kind)).toEqual(['corrected'])
  }
})

test('a loaded truck that reports at the dock is not in transit before it departed', () => {
  const before = reduced(fact(1, { node: 'loaded' }), fact(5, { node: 'in_transit', through: 'truck' }))
  expect(nodeOf(before, 'in_transit')?.at).toBeUndefined()
  const after = reduced(
    fact(1, { node: 'loaded' }),
    fact(4, { node: 'departed' }),
    fact(5, { node: 'in_transit', through: 'truck' }),
  )
  expect(nodeOf(after, 'in_transit')?.at).toBe(at(5))
})

test('the newest statement of customer, limits and promise holds by event time', () => {
  const state = reduced(
    fact(20, { known: { customer: 'C2', limits: { minC: 2, maxC: 8 } } }),
    fact(10, { known: { customer: 'C1', window: { notAfter: at(7200) } } }),
  )
  expect(orderView(state, {})).toMatchObject({
    customer: 'C2',
    limits: { minC: 2, maxC: 8 },
    window: { notAfter: at(7200) },
    promisedBy: at(7200),
  })
})

describe('expectations', () => {
  /** Five orders that took 100 s from placed to paid. */
  function taught(): StageMeans {
    const means: StageMeans = {}
    for (let i = 0; i < 5; i++)
      learnStages(
        means,
        [],
        [
          { node: 'placed', ms: 0 },
          { node: 'paid', ms: 100_000 },
        ],
      )
    return means
  }

  test('follow the mean of the stages that were learned', () => {
    const state = reduced(fact(0, { node: 'placed' }))
    expect(nodeOf(state, 'paid', taught())?.expectedAt).toBe(at(100))
    expect(nodeOf(state, 'allocated', taught())?.expectedAt).toBeUndefined()
  })

  test('share what time the promise leaves among stages nobody has taught', () => {
    const state = reduced(fact(0, { node: 'placed', known: { promisedBy: at(1100) } }))
    expect(nodeOf(state, 'paid', taught())?.expectedAt).toBe(at(100))
    expect(nodeOf(state, 'allocated', taught())?.expectedAt).toBe(at(200))
    expect(nodeOf(state, 'accepted', taught())?.expectedAt).toBe(at(1100))
  })

  test('a corrected time is learned instead of the wrong one', () => {
    const means = taught()
    const wrong = [
      { node: 'placed' as const, ms: 0 },
      { node: 'paid' as const, ms: 9e6 },
    ]
    const right = [
      { node: 'placed' as const, ms: 0 },
      { node: 'paid' as const, ms: 100_000 },
    ]
    learnStages(means, [], wrong)
    learnStages(means, wrong, right)
    expect(means['placed>paid']).toEqual({ n: 6, sum: 600, squares: 60_000 })
  })
})

const facts = fc.uniqueArray(
  fc.record({
    seconds: fc.integer({ min: 0, max: 500 }),
    node: fc.option(fc.constantFrom(...NODES.map(({ node }) => node)), { nil: undefined }),
    place: fc.constantFrom('P', 'Q', undefined),
    device: fc.constantFrom('D', 'E', undefined),
    customer: fc.option(fc.constantFrom('C1', 'C2'), { nil: undefined }),
    note: fc.boolean(),
    epc: fc.option(fc.constantFrom('S1', 'S2', 'S3'), { nil: undefined }),
    voids: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined, freq: 8 }),
  }),
  { selector: ({ seconds }) => seconds, minLength: 1, maxLength: 20 },
)

function factOf({
  seconds,
  node,
  place,
  device,
  customer,
  note,
  epc,
  voids,
}: typeof facts extends fc.Arbitrary<infer T> ? (T extends (infer U)[] ? U : never) : never): OrderFact {
  const made = fact(seconds)
  if (voids !== undefined) return { ...made, key: voids, voids: true }
  if (node !== undefined) made.node = node
  if (place !== undefined) made.place = place
  if (device !== undefined) made.device = device
  if (customer !== undefined) made.known = { customer }
  if (note) made.notes = [{ kind: 'exception', text: 'damaged' }]
  if (epc !== undefined) made.epcs = [epc]
  return made
}

/** The view without what depends on arrival: a withdrawn event may or may not have been the newest change. */
function settled(state: OrderState) {
  const { updatedAt: _, ...view } = orderView(state, {})
  return { ...view, epcs: [] }
}

test('facts give the same order in whatever sequence they arrive, each once or more often', () => {
  fc.assert(
    fc.property(facts, fc.nat(), (records, turn) => {
      const all = records.map(factOf)
      const cut = turn % all.length
      const turned = [...all.slice(cut), ...all.slice(0, cut), ...all.slice(0, 3)].reverse()
      expect(settled(reduced(...turned))).toEqual(settled(reduced(...all)))
    }),
  )
})

test('what stood behind a withdrawn statement or visit holds again, whichever came first', () => {
  const older: OrderFact = { ...fact(0), node: 'staged', place: 'P', known: { customer: 'C1' } }
  const newer: OrderFact = { ...fact(482), node: 'staged', place: 'P', known: { customer: 'C2' } }
  const backToOlder: OrderFact = { ...fact(500), key: newer.key, voids: true }
  const backToNewer: OrderFact = { ...fact(500), key: older.key, voids: true }
  for (const facts of [
    [newer, older, backToOlder],
    [backToOlder, older, newer],
  ])
    expect(orderView(reduced(...facts), {}).customer).toBe('C1')
  for (const facts of [
    [older, newer, backToNewer],
    [backToNewer, newer, older],
  ])
    expect(orderView(reduced(...facts), {}).nodes.find(({ node }) => node === 'staged')?.at).toBe(newer.at)
})

test('an order comes back from disk as it was', () => {
  fc.assert(
    fc.property(facts, (records) => {
      const state = reduced(...records.map(factOf))
      expect(unpackOrder(JSON.parse(JSON.stringify(packOrder(state))))).toEqual(state)
    }),
  )
})
