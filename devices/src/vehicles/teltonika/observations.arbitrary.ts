import * as fc from 'fast-check'
import type { Observation } from '../../driver.ts'
import type { CodecLayout } from './records.ts'

const context = { receivedAt: Date.UTC(2026, 0, 15) }

const position = fc.record({
  latitude: fc.integer({ min: -90e7, max: 90e7 }).map(unsigned0),
  longitude: fc.integer({ min: -180e7, max: 180e7 }).map(unsigned0),
  altitudeM: fc.integer({ min: -500, max: 9000 }),
  speedKmh: fc.integer({ min: 0, max: 300 }),
  headingDeg: fc.integer({ min: 0, max: 360 }),
  satellites: fc.integer({ min: 1, max: 40 }),
})

function unsigned0(integer: number): number {
  return integer === 0 ? 0 : integer / 1e7
}

/** A 1-wire probe: raw tenths, among them the three that are faults and some beyond the sensor. */
const dallas = fc.oneof(fc.integer({ min: -600, max: 1300 }), fc.constantFrom(850, 2000, 3000)).map((raw) => {
  if ([850, 2000, 3000].includes(raw))
    return { exception: 'ERROR_CONDITION' as const, reason: 'sentinel' as const, raw }
  if (raw < -550 || raw > 1250) return { exception: 'ERROR_CONDITION' as const, reason: 'out-of-range' as const, raw }
  return { value: raw / 10 }
})

const codes = fc.uniqueArray(fc.stringMatching(/^[PCBU][0-3][0-9A-F]{3}$/), { maxLength: 5 })

/** Records of a truck in the order the driver reports them, within what the codec can carry. */
export function recordsArbitrary({ generation, idBytes, variable }: CodecLayout) {
  const record = fc.record({
    where: fc.option(position),
    priority: fc.nat(2),
    generation: fc.nat(7),
    event: fc.nat(255),
    dallas: fc.option(dallas),
    volts: fc.option(fc.nat(65535)),
    ignition: fc.option(fc.boolean()),
    unknown: fc.option(fc.nat(0xffffffff)),
    eye: fc.option(fc.integer({ min: -4000, max: 8500 })),
    codes,
    vin: fc.option(fc.stringMatching(/^[A-HJ-NPR-Z0-9]{17}$/)),
  })
  return fc.array(record, { minLength: 1, maxLength: 8 }).map((records) => {
    const observations: Observation[] = []
    for (const [i, r] of records.entries()) {
      // Two records of one time: only the order within a record tells where the second begins.
      const at = context.receivedAt + (i >> 1) * 1000
      const say = (channel: string, value: number) => observations.push({ kind: 'generic', at, channel, value })
      if (r.where) observations.push({ kind: 'position', at, ...r.where })
      if (r.priority > 0) say('priority', r.priority)
      if (generation) say('generation', r.generation)
      if (r.event > 0) say('event', r.event)
      if (r.volts !== null) {
        observations.push({ kind: 'voltage', at, channel: 'external', unit: 'VLT', value: r.volts / 1000 })
      }
      if (r.dallas !== null)
        observations.push({ kind: 'temperature', at, channel: 'dallas-1', unit: 'CEL', ...r.dallas })
      if (r.ignition !== null) observations.push({ kind: 'ignition', at, value: r.ignition })
      if (r.unknown !== null) say('avl-250', r.unknown)
      if (variable && r.vin !== null) observations.push({ kind: 'identity', at, channel: 'vin', value: r.vin })
      if (variable) {
        for (const code of r.codes) observations.push({ kind: 'fault', at, system: 'obd', code, active: true })
      }
      if (idBytes === 2 && r.eye !== null) {
        observations.push({
          kind: 'temperature',
          at,
          channel: 'eye-1',
          unit: 'CEL',
          value: r.eye === 0 ? 0 : r.eye / 100,
        })
      }
    }
    return { observations, context }
  })
}
