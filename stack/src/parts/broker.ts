import type { Broker } from '@waytrace/broker'
import type { PartHealth } from '@waytrace/dashboards'

/** The broker's state in the words of the health page. */
export function brokerHealth(broker: Broker): PartHealth {
  const figures = Object.fromEntries(Object.entries(broker.stats()).filter(([, value]) => typeof value === 'number'))
  return { name: 'broker', state: 'ok', reasons: [], figures: figures as Record<string, number> }
}
