import { drivers, parseOptions } from '@waytrace/devices'
import { type Issue, OpsError } from '@waytrace/standard'

/**
 * What no schema of one field can see: names used twice, references to nothing, driver options. Judges the document
 * as written, so that these problems are reported together with those of the schema.
 */
export function crossIssues(document: unknown): Issue[] {
  const issues: Issue[] = []
  const stations = listOf(document, 'stations')
  const devices = listOf(document, 'devices')
  repeated(stations, 'stations', 'id', issues)
  repeated(devices, 'devices', 'slug', issues)
  repeated(devices, 'devices', 'urn', issues)
  const known = new Set(stations.map(({ id }) => id))
  for (const [i, station] of stations.entries())
    if (typeof station.timezone === 'string' && !isTimezone(station.timezone))
      issues.push({ path: `stations.${i}.timezone`, message: 'must be an IANA time zone' })
  for (const [i, device] of devices.entries()) {
    const path = `devices.${i}`
    if (device.station !== undefined && !known.has(device.station))
      issues.push({ path: `${path}.station`, message: `there is no station ${device.station}` })
    const link = recordOf(device.link)
    if (link.type === 'modbus' && (link.host === undefined) === (link.path === undefined))
      issues.push({ path: `${path}.link`, message: 'needs host (TCP) or path (RTU), not both' })
    driverIssues(device, path, issues)
  }
  return issues
}

/** Whether the name is a time zone this Node knows. */
export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function driverIssues(device: Record<string, unknown>, path: string, issues: Issue[]): void {
  if (typeof device.driver !== 'string') return
  const driver = Object.hasOwn(drivers, device.driver) ? drivers[device.driver] : undefined
  if (driver === undefined) {
    issues.push({ path: `${path}.driver`, message: `there is no driver ${device.driver}` })
    return
  }
  try {
    parseOptions(driver, device.options ?? {})
  } catch (error) {
    if (!(error instanceof OpsError)) throw error
    for (const issue of error.issues)
      issues.push({ path: [path, 'options', issue.path].filter(Boolean).join('.'), message: issue.message })
  }
}

function repeated(items: Record<string, unknown>[], list: string, key: string, issues: Issue[]): void {
  const seen = new Set<unknown>()
  for (const [i, item] of items.entries()) {
    const value = item[key]
    if (value !== undefined && seen.has(value))
      issues.push({ path: `${list}.${i}.${key}`, message: `${value} is used twice` })
    seen.add(value)
  }
}

function listOf(document: unknown, key: string): Record<string, unknown>[] {
  const list = recordOf(document)[key]
  return Array.isArray(list) ? list.map(recordOf) : []
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
