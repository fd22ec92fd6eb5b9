import * as fc from 'fast-check'
import type { Fault, Observation } from '../driver.ts'

const at = Date.UTC(2026, 0, 15, 8)

const code = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 0x7fffe }), fc.integer({ min: 0, max: 31 }))
    .map(([spn, fmi]) => `spn/${spn}/fmi/${fmi}`),
  fc
    .stringMatching(/^[0-9A-E]{6}$/)
    .filter((hex) => hex !== '000000')
    .map((hex) => `raw/${hex}`),
)

const GRAVEST_FIRST = ['RED_STOP', 'AMBER_WARNING', 'MIL', 'PROTECT'] as const

const message = fc
  .record({
    active: fc.boolean(),
    lamps: fc.option(fc.subarray([...GRAVEST_FIRST])),
    codes: fc.array(fc.record({ code, occurrences: fc.option(fc.nat(126), { nil: undefined }) }), { maxLength: 40 }),
  })
  .map(({ active, lamps, codes }): Observation[] => {
    const suffix = active ? '' : '-previous'
    const lamp = active ? lamps?.[0] : undefined
    const faults = codes.map(
      ({ code: text, occurrences }): Fault => ({
        kind: 'fault',
        at,
        system: 'j1939',
        code: text,
        ...(occurrences === undefined ? {} : { occurrences }),
        ...(lamp === undefined ? {} : { lamp }),
        active,
      }),
    )
    return [
      ...(lamps ? [{ kind: 'mode' as const, at, channel: `lamps${suffix}`, value: lamps.join('+') || 'OFF' }] : []),
      { kind: 'count', at, channel: `dtc${suffix}`, value: codes.length, unit: 'C62' },
      ...faults,
    ]
  })

/** One DM1 or DM2, from no code to so many that a broadcast of several packets is needed. */
export const arbitrary = message.map((observations) => ({ observations, context: { receivedAt: at } }))
