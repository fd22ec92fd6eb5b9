import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flow } from './flow.ts'

const LIMITS = { window: 4, batch: 10, windowBytes: 1000, unmarked: 60 }

type Step = 'append' | 'send' | 'ack' | 'mark' | 'break' | 'probe'

describe('flow', () => {
  it('sends live events ahead of the backlog, few of them singly', () => {
    const flows = flow(LIMITS)
    flows.restart(0, 100)
    expect(flows.next()).toEqual({ from: 1, max: 10, backfill: true, single: false })
    flows.sent(1, 10, 100)
    flows.appended(101)
    expect(flows.next()).toEqual({ from: 101, max: 1, backfill: false, single: true })
    flows.sent(101, 101, 10)
    flows.appended(111)
    expect(flows.next()).toEqual({ from: 102, max: 10, backfill: false, single: false })
  })

  it('stops at the window, in messages and in bytes, and goes on by acknowledgements', () => {
    const flows = flow(LIMITS)
    flows.restart(0, 100)
    const first = flows.sent(1, 10, 1200)
    expect(flows.next()).toBeUndefined()
    expect(flows.acknowledged(first)).toMatchObject({ from: 1, to: 10 })
    expect(flows.acknowledged(first)).toBeUndefined()
    for (let i = 1; i < 5; i++) flows.sent(i * 10 + 1, i * 10 + 10, 10)
    expect(flows.next()).toBeUndefined()
  })

  it('lets the backlog run only so far ahead of the mark', () => {
    const flows = flow({ ...LIMITS, window: 100 })
    flows.restart(0, 1000)
    let sent = 0
    for (let next = flows.next(); next !== undefined; next = flows.next()) {
      sent = next.from + next.max - 1
      flows.sent(next.from, sent, 1)
    }
    expect(sent).toBeLessThanOrEqual(LIMITS.unmarked + LIMITS.batch)
    flows.marked(50)
    expect(flows.next()).toMatchObject({ from: sent + 1 })
  })

  it('sends every event again until the mark passes it, whatever breaks, and never one twice on a connection', () => {
    const step = fc.constantFrom<Step>(
      'append',
      'append',
      'send',
      'send',
      'send',
      'ack',
      'ack',
      'mark',
      'break',
      'probe',
    )
    return fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const flows = flow(LIMITS)
        let last = 0
        let mark = 0
        let arrived = new Set<number>()
        let sentNow = new Set<number>()
        const tickets: number[] = []
        flows.restart(0, 0)
        const run = (what: Step) => {
          if (what === 'append') flows.appended(++last)
          if (what === 'probe') flows.probe()
          if (what === 'break') {
            // What was in flight may or may not have arrived; the receiver keeps only what it had in order.
            arrived = new Set([...arrived].filter((n) => n <= mark))
            sentNow = new Set()
            tickets.length = 0
            flows.restart(mark, last)
          }
          if (what === 'ack') flows.acknowledged(tickets.shift() ?? 0)
          if (what === 'send') {
            const next = flows.next()
            if (next === undefined) return
            const to = next.single ? next.from : next.from + next.max - 1
            expect(to).toBeLessThanOrEqual(last)
            for (let n = next.from; n <= to; n++) {
              expect(sentNow.has(n)).toBe(false)
              sentNow.add(n)
              arrived.add(n)
            }
            tickets.push(flows.sent(next.from, to, 10))
            expect(flows.inFlight).toBeLessThanOrEqual(LIMITS.window)
          }
          if (what === 'mark') {
            while (arrived.has(mark + 1)) mark++
            flows.marked(mark)
          }
        }
        for (const what of steps) run(what)
        for (let i = 0; mark < last && i < 10_000; i++) for (const what of ['send', 'ack', 'mark'] as const) run(what)
        expect(mark).toBe(last)
      }),
    )
  })
})
