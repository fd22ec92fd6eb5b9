import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.ts'
import { backoff, createLog, metricsRegistry, readable, retry, scaledClock, startWorker } from './index.ts'

describe('the log', () => {
  it('writes facts as fields and never a credential', () => {
    const lines: string[] = []
    const log = createLog('broker', { to: { write: (line: string) => void lines.push(line) } })
    log.info(
      { user: 'edge1', password: 'p1', headers: { authorization: 'p2', cookie: 'p3' }, a: { b: { token: 'p4' } } },
      'up',
    )
    expect(lines[0]).not.toMatch(/p[1-4]/)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'broker', user: 'edge1', msg: 'up' })
  })

  it('is one readable line on a terminal', () => {
    const lines: string[] = []
    const log = createLog('broker', { to: readable((line) => void lines.push(line)) })
    log.warn({ err: new Error('no route'), device: 'd1' }, 'uplink down')
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}broker: uplink down device=d1 \(Error: no route\)\n$/)
  })
})

describe('waiting between attempts', () => {
  it('stays below a bound that doubles up to the maximum', () => {
    const wait = backoff({ firstMs: 100, maxMs: 1000, random: () => 0.999 })
    expect([1, 2, 3, 4, 5, 6].map(() => wait.next())).toEqual([99, 199, 399, 799, 999, 999])
    wait.reset()
    expect(wait.next()).toBe(99)
  })

  it('never exceeds the maximum, however long it fails', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.9999999, noNaN: true }), fc.integer({ min: 1, max: 200 }), (r, n) => {
        const wait = backoff({ maxMs: 5000, random: () => r })
        for (let i = 0; i < n; i++) expect(wait.next()).toBeLessThan(5000)
      }),
    )
  })

  it('repeats until it works, and gives up when told', async () => {
    const clock = fakeClock()
    let tries = 0
    const result = retry(
      async () => {
        if (++tries < 4) throw new Error('not yet')
        return tries
      },
      { clock, random: () => 0.5 },
    )
    await clock.advance(10_000)
    expect(await result).toBe(4)
    await expect(retry(() => Promise.reject(new Error('bad')), { clock, again: () => false })).rejects.toThrow('bad')
  })
})

describe('the clock of the demo', () => {
  const SIX_HOURS = 6 * 3_600_000

  it('runs fast from the past until it meets now, then as now', async () => {
    const real = fakeClock()
    const clock = scaledClock({ start: real.now() - SIX_HOURS, speed: 361, real })
    expect(clock.now()).toBe(real.now() - SIX_HOURS)
    await real.advance(59_999)
    expect(clock.caughtUp).toBe(false)
    await real.advance(1)
    expect(clock.caughtUp).toBe(true)
    expect(clock.now()).toBe(real.now())
    await real.advance(5000)
    expect(clock.now()).toBe(real.now())
  })

  it('never runs backwards and says how long a moment is away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -SIX_HOURS, max: 1000 }),
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        fc.double({ min: 0.5, max: 10, noNaN: true }),
        fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 20 }),
        (offset, speed, speedAfter, steps) => {
          let now = 1_000_000_000
          const real = { ...fakeClock(), now: () => now }
          const clock = scaledClock({ start: now + offset, speed, speedAfter, real })
          let last = clock.now()
          for (const step of steps) {
            const at = clock.now() + step * 10
            const wait = clock.realMsUntil(at)
            const before = now
            now = Math.ceil(before + wait)
            expect(clock.now()).toBeGreaterThanOrEqual(at - 1)
            now = before + step
            expect(clock.now()).toBeGreaterThanOrEqual(last)
            last = clock.now()
          }
        },
      ),
    )
  })
})

describe('metrics', () => {
  it('print in the Prometheus text format', () => {
    const metrics = metricsRegistry()
    const accepted = metrics.counter('events_accepted_total', 'Events taken')
    accepted.add(2, { site: 'wh"1\n' })
    metrics.counter('events_accepted_total', 'Events taken').add(3, { site: 'a' })
    metrics.gauge('depth', 'Entries \\ now').set(1.5)
    metrics.observe('bytes_read_total', 'Read', () => 7)
    expect(metrics.render()).toBe(
      [
        '# HELP bytes_read_total Read',
        '# TYPE bytes_read_total counter',
        'bytes_read_total 7',
        '# HELP depth Entries \\\\ now',
        '# TYPE depth gauge',
        'depth 1.5',
        '# HELP events_accepted_total Events taken',
        '# TYPE events_accepted_total counter',
        'events_accepted_total{site="a"} 3',
        'events_accepted_total{site="wh\\"1\\n"} 2',
        '',
      ].join('\n'),
    )
    expect(() => metrics.gauge('events_accepted_total', 'x')).toThrow(/already a counter/)
  })
})

describe('a worker thread', () => {
  it('runs our TypeScript and reaches a sibling package from source', async () => {
    const worker = startWorker(import.meta.url, './worker.fixture', { word: 'hello' })
    const message = await new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    expect(message).toEqual({ word: 'hello', slug: 'wt/v1/a/b/' })
    await worker.terminate()
  })
})
