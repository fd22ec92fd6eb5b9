import type { PartHealth } from '@waytrace/dashboards'
import { metricsRegistry } from '@waytrace/standard/process'

/** The parts' figures in Prometheus text: `waytrace_{part}_{figure}`, and `waytrace_up` for each part. */
export function metricsText(parts: readonly PartHealth[]): string {
  const metrics = metricsRegistry()
  const up = metrics.gauge('waytrace_up', 'Whether a part is ok (1), degraded (0.5) or down (0).')
  for (const { name, state, figures } of parts) {
    up.set(state === 'ok' ? 1 : state === 'degraded' ? 0.5 : 0, { part: name })
    for (const [figure, value] of Object.entries(figures))
      if (typeof value === 'number')
        metrics.gauge(`waytrace_${snake(name)}_${snake(figure)}`, `${figure} of the ${name}.`).set(value)
  }
  return metrics.render()
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(/[^a-z0-9_]/g, '_')
}
