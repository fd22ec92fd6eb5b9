import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrate, learnOutcome, newCalibration } from './calibration.ts'
import { accumulate, drift, newCusum } from './cusum.ts'
import { newHolt, project, smooth } from './holt.ts'
import { approachAt, approachTime, fitApproach, type LearntTau, learnTau } from './newton.ts'
import { learn, newRegression } from './regression.ts'
import { fitTrend, timeToLimit } from './slope.ts'
import { withoutSpike } from './spikes.ts'
import { exceed, newTail, observe, TAIL_BINS } from './tail.ts'
import { addToWindow, emptyWindow, type Window } from './window.ts'

const MINUTE = 60_000

function windowOf(value: (minute: number) => number, minutes = 60, every = 5): Window {
  const window = emptyWindow()
  for (let m = 0; m <= minutes; m += every) addToWindow(window, m * MINUTE, value(m), MINUTE, 60 * MINUTE)
  return window
}

describe('the straight line', () => {
  it('finds slope and value of a line exactly, and says when it meets the limit', () => {
    const number = fc.double({ min: -50, max: 50, noNaN: true })
    fc.assert(
      fc.property(number, number, (a, perMinute) => {
        const trend = fitTrend(
          windowOf((m) => a + perMinute * m),
          0,
        )
        expect((trend?.slope ?? 0) * MINUTE).toBeCloseTo(perMinute, 6)
        expect(trend?.value).toBeCloseTo(a + perMinute * 60, 6)
        expect(trend?.sigma).toBeCloseTo(0, 4)
      }),
    )
    const trend = fitTrend(
      windowOf((m) => 4 + m / 30),
      0,
    )
    if (trend === undefined) throw new Error('no line')
    expect((timeToLimit(trend, 8) ?? 0) / MINUTE).toBeCloseTo(60, 6)
    expect(timeToLimit(trend, 2)).toBeUndefined()
  })

  it('knows how little a few noisy readings say', () => {
    const trend = fitTrend(
      windowOf((m) => (m % 10 === 0 ? 1 : -1)),
      0,
    )
    expect(Math.abs(trend?.slope ?? 1)).toBeLessThan(2 * (trend?.slopeError ?? 0))
  })
})

describe('the window', () => {
  it('is the same whatever the order of arrival, as long as bins do not meet', () => {
    const minutes = fc.uniqueArray(fc.nat(11), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(minutes, (order) => {
        const fill = (list: readonly number[]) => {
          const window = emptyWindow()
          for (const i of list) addToWindow(window, i * 5 * MINUTE, i, MINUTE, 60 * MINUTE)
          return window
        }
        expect(fill(order)).toEqual(fill([...order].sort((a, b) => a - b)))
      }),
    )
  })
})

describe("Holt's method", () => {
  it('follows a line, however irregular the sampling, and grows less sure with the way ahead', () => {
    const holt = newHolt()
    let at = 0
    for (let i = 0; i < 300; i++) {
      at += (1 + (i % 4)) * MINUTE
      smooth(holt, at, (2 * at) / MINUTE + (i % 2), 9 * MINUTE, 40 * MINUTE)
    }
    const [near, far] = [5, 60].map((m) => project(holt, m * MINUTE, 9 * MINUTE, 40 * MINUTE))
    expect(near?.mean).toBeCloseTo((2 * at) / MINUTE + 10 + 0.5, 0)
    expect(far?.sd).toBeGreaterThan(near?.sd ?? 0)
  })
})

describe("Newton's approach", () => {
  const box = (m: number) => 20 - 16 * Math.exp(-m / 90)

  it('finds surroundings and time constant from an hour of warming, and when the limit is met', () => {
    const approach = fitApproach(windowOf(box), 0)
    expect(approach?.target).toBeCloseTo(20, 0)
    expect((approach?.tauMs ?? 0) / MINUTE).toBeCloseTo(90, 0)
    if (approach === undefined) throw new Error('not identified')
    const exact = 90 * Math.log((20 - box(60)) / (20 - 15))
    expect((approachTime(approach, box(60), 15) ?? 0) / MINUTE).toBeCloseTo(exact, 0)
    expect(approachTime(approach, box(60), 25)).toBeUndefined()
    expect(approachAt(approach, box(60), 30 * MINUTE)).toBeCloseTo(box(90), 1)
  })

  it('is not seen in noise about a resting level', () => {
    expect(
      fitApproach(
        windowOf((m) => 4 + Math.sin(m * 7)),
        0,
      ),
    ).toBeUndefined()
  })

  it('uses the time constant learnt in the same state when the readings alone do not show one', () => {
    const short = windowOf((m) => 20 - 16 * Math.exp(-m / 400), 25)
    const taus: LearntTau = {}
    expect(
      fitApproach(
        windowOf((m) => m / 10, 25),
        0,
        taus['door-open'],
      ),
    ).toBeUndefined()
    for (let i = 0; i < 5; i++) learnTau(taus, 'door-open', 400 * MINUTE)
    expect(fitApproach(short, 0, taus['door-open'])?.target).toBeCloseTo(20, 0)
  })
})

describe('slow drift and spikes', () => {
  it('many small steps to one side add up, noise to both sides does not', () => {
    const [slow, noise] = [newCusum(), newCusum()]
    for (let i = 0; i < 100; i++) {
      accumulate(slow, 0.8, 1)
      accumulate(noise, i % 2 === 0 ? 0.8 : -0.8, 1)
    }
    expect(drift(slow)).toBe(1)
    expect(Math.abs(drift(noise))).toBeLessThan(0.1)
  })

  it('a single jump is pulled back, the second reading up there is believed', () => {
    const window = windowOf((m) => 4 + (m % 10) / 50)
    const first = withoutSpike(window, 85, 4, 0.5)
    expect(first.spike).toBe(true)
    expect(first.value).toBeLessThan(6)
    expect(withoutSpike(window, 84, 85, 0.5)).toEqual({ value: 84, spike: false })
  })
})

describe('what is learnt', () => {
  it('least squares find the weights of several targets at once', () => {
    const state = newRegression(
      [
        [0, 0],
        [0, 0],
      ],
      1,
    )
    for (let i = 0; i < 400; i++) {
      const x = [Math.sin(i), Math.cos(i * 1.3)]
      learn(state, x, [3 * (x[0] as number) - 2 * (x[1] as number), x[1] as number], 5000)
    }
    expect(state.weights[0]?.[0]).toBeCloseTo(3, 1)
    expect(state.weights[0]?.[1]).toBeCloseTo(-2, 1)
    expect(state.weights[1]?.[1]).toBeCloseTo(1, 1)
  })

  it('the tail counts what it saw, and never grows with the distance', () => {
    const tail = newTail(new Array<number>(TAIL_BINS).fill(1 / TAIL_BINS), 1)
    for (let i = 0; i < 1000; i++) observe(tail, (i % 10) / 10, 100_000)
    expect(exceed(tail, -4)).toBe(1)
    expect(exceed(tail, 0.5)).toBeCloseTo(0.5, 1)
    expect(exceed(tail, 1.1)).toBeLessThan(0.01)
    const z = fc.double({ min: -6, max: 14, noNaN: true })
    fc.assert(
      fc.property(z, z, (a, b) => {
        expect(exceed(tail, Math.min(a, b))).toBeGreaterThanOrEqual(exceed(tail, Math.max(a, b)))
      }),
    )
  })

  it('a forecast that cried wolf gets quieter, one that was right is left alone', () => {
    const [wolf, honest] = [newCalibration(), newCalibration()]
    for (let i = 0; i < 400; i++) {
      learnOutcome(wolf, 0.6, false, 0.25, 1000)
      learnOutcome(honest, 0.6, i % 5 < 3, 0.25, 1000)
    }
    expect(calibrate(wolf, 0.6)).toBeLessThan(0.15)
    expect(calibrate(honest, 0.6)).toBeCloseTo(0.6, 1)
  })
})
