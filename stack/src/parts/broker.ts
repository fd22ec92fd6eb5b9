import { type Broker, createBroker } from '@waytrace/broker'
import type { PartHealth } from '@waytrace/dashboards'
import type { Journal } from '@waytrace/standard/journal'
import type { Clock, Log } from '@waytrace/standard/process'
import type { WaytraceConfig } from '../config.ts'
import type { DataFolder } from '../data-folder.ts'

/** The embedded broker on a data folder. */
export function brokerPart(
  { mqtt, deployment }: WaytraceConfig,
  { rawJournal, knowledge, secrets }: DataFolder,
  ports: { clock: Clock; log: Log },
): Broker {
  const { identities } = knowledge
  const { centrePassword } = secrets
  return createBroker({ ...mqtt, deployment, centrePassword }, { journal: rawJournal, identities, ...ports })
}

/** Where clients on this machine reach the broker that is configured; `address` where its ports were free ones. */
export function brokerUrlOf({ mqtt, externalBroker }: WaytraceConfig, address?: Broker['address']): string {
  if (externalBroker !== undefined) return externalBroker.url
  const everywhere = mqtt.host === '0.0.0.0' || mqtt.host === '::'
  const host = everywhere ? '127.0.0.1' : mqtt.host
  if (mqtt.plain || mqtt.tls === undefined) return `mqtt://${host}:${address?.port ?? mqtt.port}`
  return `mqtts://${host}:${address?.tlsPort ?? mqtt.tls.port}`
}

/** The broker's state in the words of the health page. `journal` is the one it appends to, in this thread. */
export function brokerHealth(broker: Broker, journal: Journal): PartHealth {
  const figures = Object.fromEntries(Object.entries(broker.stats()).filter(([, value]) => typeof value === 'number'))
  const { full } = journal.stats()
  const what = full === 'disk' ? 'The disk is full up to the reserve' : 'The raw journal is full'
  const reasons = full === undefined ? [] : [`${what}: publishers wait. Free disk space or let ingest catch up.`]
  const state = full === undefined ? 'ok' : 'degraded'
  return { name: 'broker', state, reasons, figures: figures as Record<string, number> }
}
