import { fileURLToPath } from 'node:url'
import { createHttpShell, type HttpShell, openUsers, type PartHealth, type Users } from '@waytrace/dashboards'
import { type Clock, type Log, systemClock } from '@waytrace/standard/process'
import { deviceRoutes, epcisRoutes, storeRoutes } from '@waytrace/store'
import type { WaytraceConfig } from '../config.ts'
import { type DataFolder, folders } from '../data-folder.ts'
import { metricsText } from './metrics.ts'

const WEB_ROOT = fileURLToPath(new URL('../../../dashboards/web', import.meta.url))

export interface ShellPart {
  shell: HttpShell
  users: Users
  /** The administrator's password, made at the very first start and shown this once. */
  firstPassword: string | undefined
}

export interface ShellPartPorts {
  clock: Clock
  log: Log
  health: () => PartHealth[]
  /** Whether requests can be served; by default when no part is down. */
  ready?: () => boolean
}

/** The HTTP shell with the routes of every domain that is here. */
export async function shellPart(config: WaytraceConfig, folder: DataFolder, ports: ShellPartPorts): Promise<ShellPart> {
  const { clock, log, health } = ports
  const { knowledge, events, rawJournal, acceptedLog } = folder
  // Sessions and lock-outs are people's time, also in a demo whose clock runs fast.
  const users = openUsers(folders(config.data).users, systemClock())
  const firstPassword = users.list().length === 0 ? await users.save('admin', 'admin') : undefined
  const shell = await createHttpShell(config.http, {
    users,
    clock,
    log,
    health,
    metrics: () => metricsText(health()),
    ready: ports.ready ?? (() => health().every(({ state }) => state !== 'down')),
    acceptedLog,
    identities: knowledge.identities,
    intake: folder.intake('http'),
    domains: [
      storeRoutes({ knowledge, events, rawJournal, clock }),
      deviceRoutes({ knowledge, intake: folder.intake('devices'), clock }),
      epcisRoutes({ events, intake: folder.intake('capture'), clock }),
    ],
    webRoot: WEB_ROOT,
  })
  return { shell, users, firstPassword }
}
