import * as fc from 'fast-check'
import type { Observation, Reading } from '../driver.ts'

const at = Date.UTC(2026, 0, 15, 6, 30)

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)
const failed = fc.constant({ exception: 'ERROR_CONDITION' as const, reason: 'not-available' as const })
const measured = fc.oneof(
  number.map((value) => ({ value })),
  failed,
)
const flag = fc.oneof(
  fc.boolean().map((value) => ({ value })),
  failed,
)
const word = fc.string({ minLength: 1, maxLength: 12 }).map((value) => ({ value }))

const unit = fc.record(
  {
    setPoint: measured,
    returnAir: measured,
    supplyAir: measured,
    mode: word,
    power: flag,
    door: flag,
    battery: measured,
  },
  { requiredKeys: [] },
)
type Unit = typeof unit extends fc.Arbitrary<infer T> ? T : never

function readings(values: Unit, zone?: string): Reading[] {
  const channel = zone === undefined ? {} : { channel: zone }
  const supply = { channel: zone === undefined ? 'battery' : `${zone}/battery` }
  const celsius = { at, unit: 'CEL', ...channel }
  return [
    ...(values.setPoint ? [{ kind: 'setPoint' as const, ...celsius, ...values.setPoint }] : []),
    ...(values.returnAir ? [{ kind: 'returnAir' as const, ...celsius, ...values.returnAir }] : []),
    ...(values.supplyAir ? [{ kind: 'supplyAir' as const, ...celsius, ...values.supplyAir }] : []),
    ...(values.mode ? [{ kind: 'mode' as const, at, ...channel, ...values.mode }] : []),
    ...(values.power ? [{ kind: 'power' as const, at, ...channel, ...values.power }] : []),
    ...(values.door ? [{ kind: 'door' as const, at, ...channel, ...values.door }] : []),
    ...(values.battery ? [{ kind: 'voltage' as const, at, unit: 'VLT', ...supply, ...values.battery }] : []),
  ]
}

const alarm = fc.record(
  { code: fc.string({ minLength: 1, maxLength: 8 }), active: fc.boolean(), severity: fc.nat(15) },
  { requiredKeys: ['code', 'active'] },
)

/** A unit with up to four compartments and up to five alarms, some of its values missing. */
export const arbitrary = fc
  .tuple(unit, fc.array(unit, { maxLength: 4 }), fc.array(alarm, { maxLength: 5 }))
  .map(([whole, zones, alarms]) => {
    const observations: Observation[] = [
      ...readings(whole),
      ...zones.flatMap((values, i) => readings(values, `C${i + 1}`)),
      ...alarms.map((fields) => ({ kind: 'fault' as const, at, system: 'reefer' as const, ...fields })),
    ]
    return { observations, context: { receivedAt: at } }
  })
