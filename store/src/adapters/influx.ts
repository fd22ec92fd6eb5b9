import { OpsError } from '@waytrace/standard'
import type { Clock } from '@waytrace/standard/process'
import type { AcceptedEvent, EventStore, WriteResult } from '../ports.ts'
import type { InfluxConfig } from './influx/config.ts'
import { type InfluxConnection, influxConnection } from './influx/connection.ts'
import type { PointNumbers } from './influx/point-numbers.ts'
import { countEvents, eventsOfOrder, readings } from './influx/reads.ts'
import { pointsOf } from './influx/schema.ts'

export interface InfluxPorts {
  /** Kept next to the writer's cursor; closed with the store. */
  numbers: PointNumbers
  clock: Clock
}

/**
 * Events of orders and series in InfluxDB 1.x, 2.x or 3, beside the embedded store. Cannot list all events by number:
 * `events` is refused. A point the database refuses for ever comes back as `rejected`; anything else is `retry`.
 */
export function influxStore(config: InfluxConfig, { numbers, clock }: InfluxPorts): EventStore {
  const connection = influxConnection(config, clock)
  return {
    write: (batch) => writeBatch(batch, connection, numbers),
    eventsOfOrder: (order, limit) => eventsOfOrder(config, order, limit),
    events: async () => {
      throw new OpsError('NOT_FOUND', 'InfluxDB holds the events of orders only; ask the embedded store for all')
    },
    readings: (query) => readings(config, query),
    count: () => countEvents(config),
    close: () => numbers.close(),
  }
}

async function writeBatch(
  batch: readonly AcceptedEvent[],
  connection: InfluxConnection,
  numbers: PointNumbers,
): Promise<WriteResult> {
  const drafts = batch.map((accepted) => pointsOf(accepted, (order) => numbers.isFirst(order, accepted.position)))
  // Before the post: after a crash between post and commit the same events get the same points.
  const starts = await numbers.begin(batch.map(({ position }, i) => ({ position, points: drafts[i]?.length ?? 0 })))
  const owner: number[] = []
  const lines = drafts.flatMap((points, i) =>
    points.map((point, k) => {
      owner.push(i)
      return point((starts[i] ?? 0) + k)
    }),
  )
  const { bad, retry } = await connection.write(lines)
  if (retry !== undefined)
    return {
      accepted: 0,
      rejected: [],
      retry: retry.error,
      ...(retry.retryAfterMs === undefined ? {} : { retryAfterMs: retry.retryAfterMs }),
    }
  const rejected = new Map<number, OpsError>()
  for (const [index, message] of bad) {
    const event = owner[index] ?? 0
    if (!rejected.has(event)) rejected.set(event, new OpsError('POINT_REJECTED', `InfluxDB: ${message}`))
  }
  return {
    accepted: batch.length - rejected.size,
    rejected: [...rejected].map(([index, error]) => ({ index, error })),
  }
}
