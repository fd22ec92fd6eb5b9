import { OpsError, orderNumber } from '@waytrace/standard'
import type { Clock } from '@waytrace/standard/process'
import { readingPoints } from '../../event-facts.ts'
import type { AcceptedEvent, Custody, EventStore, ReadingPoint, WriteResult } from '../../ports.ts'
import type { InfluxConfig } from './config.ts'
import { type InfluxConnection, influxConnection } from './connection.ts'
import type { ExposureState, WindowKey } from './exposure-state.ts'
import { line, pointTime } from './line-protocol.ts'
import { orderBucket } from './schema.ts'

export interface ExposurePorts {
  custody: Pick<Custody, 'ordersWatched'>
  /** Where the readings are read back from: the embedded store. */
  events: Pick<EventStore, 'readings'>
  state: ExposureState
  clock: Clock
}

export interface ExposureWriter {
  /** Notes which windows the readings of these events fall into. Durable when it resolves. */
  apply(batch: readonly AcceptedEvent[]): Promise<void>
  /** Writes the windows that are over: at most `limit`. `accepted` counts windows; 0 when there were none. */
  flush(limit?: number): Promise<WriteResult>
  close(): Promise<void>
}

const WINDOW_MS = 5 * 60_000
/** A window is written this long after its end; what comes later writes the same points anew. */
const GRACE_MS = 60_000
/** Readings older than this change no exposure any more: the numbers of their points are forgotten. */
const KEEP_MS = 8 * 24 * 3_600_000
/** What goods are exposed to. */
const EXPOSED_TO = new Set([
  'Temperature',
  'RelativeHumidity',
  'Acceleration',
  'Illuminance',
  'wt:ReturnAirTemperature',
  'wt:SupplyAirTemperature',
])

/**
 * Five-minute minimum, mean and maximum per order, sensor and the place or vehicle that joined them, because InfluxQL
 * has no join. Late readings and late custody write the same points again: a point keeps the number it once got.
 */
export function exposureWriter(config: InfluxConfig, ports: ExposurePorts): ExposureWriter {
  const { state, clock } = ports
  const connection: InfluxConnection = influxConnection(config, clock)
  return {
    async apply(batch) {
      const oldest = clock.now() - KEEP_MS
      const windows = new Map<string, WindowKey>()
      for (const point of batch.flatMap(readingPoints)) {
        const window = Math.floor(point.at / WINDOW_MS) * WINDOW_MS
        if (point.value !== undefined && EXPOSED_TO.has(point.type) && window >= oldest)
          windows.set(`${window} ${point.device}`, [window, point.device])
      }
      await state.mark([...windows.values()])
    },
    async flush(limit = 200) {
      const now = clock.now()
      const due = state.marked(now - WINDOW_MS - GRACE_MS + 1, limit)
      if (due.length === 0) return { accepted: 0, rejected: [] }
      const exposures = await Promise.all(due.map(({ window, device }) => exposuresOf(window, device, ports)))
      const numbers = await state.number(
        due.map(({ window, device }, i) => ({ window, device, keys: [...(exposures[i]?.keys() ?? [])] })),
      )
      const lines = due.flatMap(({ window, device }, i) => {
        const current = exposures[i] ?? new Map<string, Exposure>()
        const keys = new Set([...current.keys(), ...state.known(window, device)])
        return [...keys].map((key) => lineOf(key, current.get(key), window, device, numbers[i]?.get(key) ?? 0))
      })
      const { bad, retry } = await connection.write(lines)
      if (retry !== undefined)
        return {
          accepted: 0,
          rejected: [],
          retry: retry.error,
          ...(retry.retryAfterMs === undefined ? {} : { retryAfterMs: retry.retryAfterMs }),
        }
      await state.done(due, now - KEEP_MS)
      const [message] = bad.values()
      // A refused exposure blames no event: one error speaks for the windows of this flush.
      const rejected = message === undefined ? [] : [{ index: 0, error: new OpsError('POINT_REJECTED', message) }]
      return { accepted: due.length, rejected }
    },
    close: () => state.close(),
  }
}

interface Exposure {
  min: number
  max: number
  sum: number
  n: number
}

/** Key: order, what joined it to the sensor, type, channel. */
async function exposuresOf(
  window: number,
  device: string,
  { custody, events }: ExposurePorts,
): Promise<Map<string, Exposure>> {
  const to = window + WINDOW_MS - 1
  const points = await events.readings({ device, from: window, to })
  const found = new Map<string, Exposure>()
  for (const watched of custody.ordersWatched(device, window, to))
    for (const point of points)
      if (point.value !== undefined && isDuring(point, watched) && EXPOSED_TO.has(point.type)) {
        const key = JSON.stringify([watched.order, watched.through, point.type, point.channel])
        const so = found.get(key) ?? { min: point.value, max: point.value, sum: 0, n: 0 }
        so.min = Math.min(so.min, point.value)
        so.max = Math.max(so.max, point.value)
        so.sum += point.value
        so.n += 1
        found.set(key, so)
      }
  return found
}

function isDuring({ at }: ReadingPoint, { from, to }: { from: number; to?: number }): boolean {
  return at >= from && (to === undefined || at < to)
}

/** A point that no longer holds (custody was repaired) says `n=0`: boards leave it out. */
function lineOf(key: string, exposure: Exposure | undefined, window: number, device: string, number: number): string {
  const [uri, through, type, channel] = JSON.parse(key) as [string, string, string, string]
  const order = orderNumber(uri)
  const values =
    exposure === undefined
      ? {}
      : {
          min: { float: exposure.min },
          mean: { float: exposure.sum / exposure.n },
          max: { float: exposure.max },
        }
  return line(
    'order_exposure',
    { order_bucket: orderBucket(order) },
    { order, device, through, type, channel, ...values, n: { integer: exposure?.n ?? 0 } },
    pointTime(window, number),
  )
}
