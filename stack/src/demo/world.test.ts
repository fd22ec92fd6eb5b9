import { decode } from '@waytrace/devices'
import { describe, expect, it } from 'vitest'
import type { Act } from './acts.ts'
import { FAILING } from './network.ts'
import { world } from './world.ts'

const START = Date.UTC(2026, 10, 22, 8)
const HOUR = 3_600_000
const acts = world(1, START).advance(START + 6 * HOUR)
const of = <W extends Act['what']>(what: W) => acts.filter((act): act is Extract<Act, { what: W }> => act.what === what)

describe('the demo world', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(world(1, START).advance(START + HOUR)).toEqual(world(1, START).advance(START + HOUR))
    expect(world(2, START).advance(START + HOUR)).not.toEqual(world(1, START).advance(START + HOUR))
  })

  it('happens alike whether it is watched at once or minute by minute, so that a restart can go on', () => {
    const steps = world(1, START)
    const watched: Act[] = []
    for (let at = START; at <= START + 2 * HOUR; at += 61_000) watched.push(...steps.advance(at))
    watched.push(...steps.advance(START + 2 * HOUR))
    expect(watched).toEqual(world(1, START).advance(START + 2 * HOUR))
  })

  it('happens in the order of time', () => {
    expect(acts.every(({ at }, i) => i === 0 || at >= (acts[i - 1]?.at ?? 0))).toBe(true)
  })

  it('scans only symbols that the scanner driver reads, check digits included', () => {
    for (const { symbol, at } of of('beep'))
      expect(
        () => decode({ driver: 'gs1', frame: { text: symbol }, context: { receivedAt: at } }),
        symbol,
      ).not.toThrow()
  })

  it('lets orders reach the shelf of their destination within its history', () => {
    const shelved = new Set(
      of('beep')
        .filter(({ station }) => station === 'shelf')
        .map(({ symbol }) => symbol.slice(-18)),
    )
    expect(shelved.size).toBeGreaterThan(40)
  })

  it('keeps every load within its limits but the one of the failing reefer, which leaves them before the history ends', () => {
    const driving = of('tracker').filter(({ sample }) => sample.ignition)
    const warm = driving.filter(({ sample }) => sample.frontC > 8)
    expect(new Set(warm.map(({ truck }) => truck))).toEqual(new Set([FAILING]))
    expect(warm.every(({ sample }) => sample.troubles.length > 0)).toBe(true)
  })
})
