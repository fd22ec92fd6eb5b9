import { expect, test } from 'vitest'
import { FalseAlarmRate } from './rates.ts'
import { Screen } from './screen.ts'
import { gumbelThreshold, permutedMaxima } from './threshold.ts'

test('the Gumbel threshold is the quantile of the fitted distribution', () => {
  // Mean 5, deviation pi / sqrt 6: beta is 1 and mu 5 - 0.5772.
  const spread = Math.PI / Math.sqrt(6) / Math.sqrt(2)
  const maxima = [5 - spread, 5 + spread]
  expect(gumbelThreshold(maxima, 1 / 7)).toBeCloseTo(5 - 0.5772 - Math.log(-Math.log(6 / 7)), 3)
})

test('a rarer false incident needs a higher threshold', () => {
  const maxima = [3, 4, 4.5, 5, 6]
  expect(gumbelThreshold(maxima, 0.01)).toBeGreaterThan(gumbelThreshold(maxima, 0.1))
})

test('dealing alarms at random hides a failing truck', () => {
  const screen = new Screen()
  for (let i = 0; i < 200; i++) {
    screen.place(`o${i}`, [`truck:${i % 20}`], 0)
    screen.seen(`o${i}`, 'temperature', 0)
    if (i % 20 === 3) screen.alarm(`o${i}`, 'temperature', 0)
  }
  let state = 1
  const unit = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  const maxima = permutedMaxima(screen, 'temperature', 20, unit)
  expect(Math.max(...maxima)).toBeLessThan(screen.suspects('temperature', 0)[0]?.llr ?? 0)
  expect(screen.counters('temperature').total).toBe(10)
})

test('the false alarm rate follows what quiet orders show, and never reaches zero', () => {
  const rate = new FalseAlarmRate(0.9)
  for (let window = 0; window < 60; window++) rate.observe({ n: 1000, k: 30 })
  expect(rate.rate()).toBeCloseTo(0.03, 3)
  for (let window = 0; window < 200; window++) rate.observe({ n: 1000, k: 0 })
  expect(rate.rate()).toBeGreaterThan(0)
  expect(rate.rate()).toBeLessThan(0.001)
})
