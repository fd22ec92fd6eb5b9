import type { RuleConfig } from './config.ts'
import type { RuleReading } from './reading.ts'
import type { Signal } from './signal.ts'

/** Per sensor: the readings of the last minutes, thinned to a few. */
export interface RateState {
  sensors: Record<string, { at: number[]; value: number[]; since?: number }>
}

export const newRateState = (): RateState => ({ sensors: {} })

const KEPT = 8

/** A value that changes faster than things in a box can: a door, a leak, or a sensor taken out of the box. */
export function judgeRate(state: RateState, reading: RuleReading, { rate }: RuleConfig): Signal[] {
  const limit = rate.perMinute[reading.type]
  const { at, value, device, channel, type } = reading
  if (limit === undefined || typeof value !== 'number') return []
  const key = `${type} ${device} ${channel}`
  state.sensors[key] ??= { at: [], value: [] }
  const sensor = state.sensors[key]
  const newest = sensor.at.at(-1) ?? Number.NEGATIVE_INFINITY
  if (at <= newest) return []
  // One reading in an eighth of the span is enough to see it.
  if (sensor.at.length > 1 && at - (sensor.at.at(-2) as number) < rate.overMs / (KEPT - 2)) {
    sensor.at.pop()
    sensor.value.pop()
  }
  sensor.at.push(at)
  sensor.value.push(value)
  while (sensor.at.length > 2 && at - (sensor.at[1] as number) >= rate.overMs) {
    sensor.at.shift()
    sensor.value.shift()
  }
  const span = at - (sensor.at[0] as number)
  if (span < rate.overMs || span > 3 * rate.overMs) {
    if (span > 3 * rate.overMs) {
      sensor.at = [at]
      sensor.value = [value]
    }
    return []
  }
  const perMinute = ((value - (sensor.value[0] as number)) / span) * 60_000
  const active = Math.abs(perMinute) >= (sensor.since === undefined ? limit : limit / 2)
  if (!active && sensor.since === undefined) return []
  const since = sensor.since ?? (sensor.at[0] as number)
  if (active) sensor.since = since
  else delete sensor.since
  return [
    {
      kind: 'rate-of-change',
      entity: device,
      at,
      active,
      since,
      severity: 'warning',
      message: active
        ? `${type} changes by ${perMinute.toFixed(2)} per minute, more than ${limit}`
        : `${type} is steady again`,
      worth: type,
      details: {
        type,
        channel,
        perMinute,
        limit,
        value,
        ...(reading.marks.length > 0 ? { marks: reading.marks } : {}),
      },
    },
  ]
}
