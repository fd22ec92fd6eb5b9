/** Label values that tell the series of one metric apart. Few and bounded: never an order or a device id. */
export type Labels = Readonly<Record<string, string>>

export interface Counter {
  /** Adds `by`, default 1. */
  add(by?: number, labels?: Labels): void
  value(labels?: Labels): number
}

export interface Gauge {
  set(value: number, labels?: Labels): void
  value(labels?: Labels): number
}

/** Figures that parts fill and `/metrics` prints. One per process; asking for a name again gives the same metric. */
export interface MetricsRegistry {
  /** Only grows. The name ends in `_total`. */
  counter(name: string, help: string): Counter
  gauge(name: string, help: string): Gauge
  /** A figure that is asked for when printed; a counter when the name ends in `_total`. The last one registered counts. */
  observe(name: string, help: string, read: () => number, labels?: Labels): void
  /** The Prometheus text format 0.0.4, sorted by name. */
  render(): string
}

interface Metric {
  type: 'counter' | 'gauge'
  help: string
  series: Map<string, () => number>
  values: Map<string, number>
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

export function metricsRegistry(): MetricsRegistry {
  const metrics = new Map<string, Metric>()

  function metric(name: string, help: string, type: Metric['type']): Metric {
    if (!NAME.test(name)) throw new RangeError(`"${name}" is not a metric name`)
    const known = metrics.get(name)
    if (known !== undefined && known.type !== type) throw new RangeError(`${name} is already a ${known.type}`)
    const made = known ?? { type, help, series: new Map(), values: new Map() }
    metrics.set(name, made)
    return made
  }

  function put({ series, values }: Metric, labels: Labels | undefined, change: (before: number) => number): void {
    const key = format(labels)
    values.set(key, change(values.get(key) ?? 0))
    if (!series.has(key)) series.set(key, () => values.get(key) ?? 0)
  }

  return {
    counter(name, help) {
      const it = metric(name, help, 'counter')
      return {
        add: (by = 1, labels) => put(it, labels, (before) => before + by),
        value: (labels) => it.values.get(format(labels)) ?? 0,
      }
    },
    gauge(name, help) {
      const it = metric(name, help, 'gauge')
      return {
        set: (value, labels) => put(it, labels, () => value),
        value: (labels) => it.values.get(format(labels)) ?? 0,
      }
    },
    observe(name, help, read, labels) {
      metric(name, help, name.endsWith('_total') ? 'counter' : 'gauge').series.set(format(labels), read)
    },
    render() {
      const lines: string[] = []
      for (const [name, { type, help, series }] of [...metrics].sort(([a], [b]) => (a < b ? -1 : 1))) {
        lines.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`)
        for (const [labels, read] of [...series].sort(([a], [b]) => (a < b ? -1 : 1)))
          lines.push(`${name}${labels} ${printed(read())}`)
      }
      return lines.length === 0 ? '' : `${lines.join('\n')}\n`
    },
  }
}

function format(labels: Labels | undefined): string {
  if (labels === undefined) return ''
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  if (pairs.length === 0) return ''
  return `{${pairs.map(([name, value]) => `${name}="${escapeValue(value)}"`).join(',')}}`
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function printed(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}
