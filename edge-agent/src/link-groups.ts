import { driverNamed, parseOptions, planBlocks, type RegisterEntry } from '@waytrace/devices'
import { OpsError } from '@waytrace/standard'
import type { DeviceConfig } from './config.ts'
import type { LiveDevice } from './device.ts'
import type { LinkConfig } from './link-config.ts'
import type { PollUnit } from './links/open-link.ts'
import type { Frame } from './ports.ts'

/** Devices that share one connection. */
export interface LinkGroup {
  link: LinkConfig
  devices: LiveDevice[]
}

/** Devices with equal links share one connection; of Modbus links, those with the same peer. */
export function groupByLink(devices: readonly LiveDevice[]): LinkGroup[] {
  const groups = new Map<string, LinkGroup>()
  for (const device of devices) {
    const { link } = device.config
    const key = linkKey(link)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { link, devices: [device] })
    else group.devices.push(device)
  }
  return [...groups.values()]
}

/** Finds the device a frame is of. */
export function routing(group: LinkGroup) {
  const byAddress = new Map<string, LiveDevice>()
  let others: LiveDevice | undefined
  for (const device of group.devices) {
    const addresses = addressesOf(device.config)
    if (addresses.length === 0) others ??= device
    for (const address of addresses) byAddress.set(normal(address), device)
  }
  return {
    find: ({ address }: Pick<Frame, 'address'>): LiveDevice | undefined =>
      (address === undefined ? undefined : byAddress.get(normal(address))) ?? others,
    knows: (address: string): boolean => byAddress.has(normal(address)) || others !== undefined,
  }
}

/** What a Modbus group polls: the registers of each device's map. */
export function pollUnits(group: LinkGroup): PollUnit[] {
  return group.devices.flatMap(({ config }) => {
    const { link, driver: name, options } = config
    if (link.type !== 'modbus') return []
    const { map } = parseOptions(driverNamed(name), options) as { map?: RegisterEntry[] }
    if (map === undefined)
      throw new OpsError('CONFIG_INVALID', `device ${config.slug}: the modbus link needs a driver with a register map`)
    return [{ unit: link.unit, intervalMs: link.intervalMs, timeoutMs: link.timeoutMs, blocks: planBlocks(map) }]
  })
}

function linkKey(link: LinkConfig): string {
  // Polled units differ in unit and interval, not in the line they are on.
  if (link.type === 'modbus') return `modbus ${link.host ?? ''}:${link.host === undefined ? link.path : link.port}`
  return JSON.stringify(Object.entries(link).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function addressesOf({ link, match }: DeviceConfig): string[] {
  if (match !== undefined) return typeof match === 'string' ? [match] : match
  return link.type === 'modbus' ? [String(link.unit)] : []
}

/** MACs and DevEUIs come with and without separators, in either case. */
function normal(address: string): string {
  return address.toLowerCase().replaceAll(/[:\-.\s]/g, '')
}
