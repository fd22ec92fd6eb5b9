import type { Fault, Position, Reading } from '@waytrace/devices'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportConfig } from './config.ts'
import { reporting } from './reporting.ts'

const report = reportConfig.parse({
  deadband: { temperature: 0.5, distance: 100 },
  minIntervalMs: 1000,
  maxIntervalMs: 60_000,
})
const limits = [{ kind: 'temperature' as const, max: 8 }]
const temperature = (at: number, value: number): Reading => ({ kind: 'temperature', at, value, unit: 'CEL' })
const make = () => reporting(report, () => limits)

describe('reporting', () => {
  it('keeps back small and hasty changes, and repeats a value after the longest interval', () => {
    const { pick } = make()
    const told = (at: number, value: number) => pick([temperature(at, value)]).length === 1
    expect([told(0, 4), told(2000, 4.4), told(2500, 5), told(3600, 4.5), told(4000, 5.5), told(64_000, 4.5)]).toEqual([
      true,
      false,
      true,
      true,
      false,
      true,
    ])
  })

  it('never keeps back what matters: a broken limit, a failed measurement, a switch, an alarm', () => {
    const { pick } = make()
    const failed: Reading = { kind: 'temperature', at: 30, exception: 'ERROR_CONDITION', reason: 'sentinel' }
    const door = (at: number, value: boolean): Reading => ({ kind: 'door', at, value })
    const alarm = (at: number, active: boolean): Fault => ({ kind: 'fault', at, system: 'reefer', code: '18', active })
    pick([temperature(0, 7.9), door(0, false), alarm(0, true)])
    expect(pick([temperature(10, 8.1)])).toHaveLength(1)
    expect(pick([temperature(20, 8.2)])).toHaveLength(0)
    expect(pick([failed])).toHaveLength(1)
    expect(pick([{ ...failed, at: 40 }])).toHaveLength(0)
    expect(pick([door(50, true), alarm(50, true)])).toEqual([door(50, true)])
    expect(pick([door(60, false), alarm(60, false)])).toHaveLength(2)
  })

  it('tells history whole: what is older than what was told', () => {
    const { pick } = make()
    pick([temperature(100_000, 4)])
    expect(pick([temperature(1000, 4), temperature(2000, 4)])).toHaveLength(1)
  })

  it('measures the way from the fix told last, in any direction', () => {
    const { pick } = make()
    const fix = (at: number, latitude: number, longitude: number): Position => ({
      kind: 'position',
      at,
      latitude,
      longitude,
    })
    expect(pick([fix(0, 47, 8)])).toHaveLength(1)
    expect(pick([fix(2000, 47.0005, 7.9995)])).toHaveLength(0)
    expect(pick([fix(4000, 47.001, 7.999)])).toHaveLength(1)
  })

  it('tells all without a configuration', () => {
    const { pick } = reporting(undefined, () => [])
    expect(pick([temperature(0, 4), temperature(1, 4), temperature(2, 4)])).toHaveLength(3)
  })

  it('never lets a value drift further than the deadband without telling, once the shortest interval has passed', () => {
    return fc.assert(
      fc.property(fc.array(fc.double({ min: -30, max: 7.9, noNaN: true }), { minLength: 1 }), (values) => {
        const { pick } = make()
        let known = Number.NaN
        for (const [i, value] of values.entries()) {
          const [told] = pick([temperature(i * 2000, value)])
          if (told !== undefined && 'value' in told) known = Number(told.value)
          expect(Math.abs(value - known)).toBeLessThan(0.5)
        }
      }),
    )
  })
})
