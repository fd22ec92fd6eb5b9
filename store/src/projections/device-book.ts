import type { RootDatabase } from 'lmdb'
import { devicesOf, type EventFacts } from '../event-facts.ts'
import { keyText } from '../keys.ts'
import { rowCache } from '../lmdb-cache.ts'
import type { AcceptedEvent, DeviceBook, DeviceView } from '../ports.ts'
import {
  type DeviceState,
  deviceView,
  newDevice,
  presenceOf,
  reduceBirth,
  reduceDevice,
  reduceHealth,
  withAgentLost,
} from './devices.ts'

export type DeviceTables = ReturnType<typeof openDeviceTables>

export function openDeviceTables(root: RootDatabase) {
  return {
    devices: root.openDB<DeviceState, string>({ name: 'devices', encoding: 'json' }),
    /** `site/agent` -> URNs of its devices. */
    agents: root.openDB<string[], string>({ name: 'agent-devices', encoding: 'json' }),
    totals: root.openDB<number, string>({ name: 'device-totals', encoding: 'json' }),
  }
}

/** Changes devices inside a commit. */
export interface DeviceWriter {
  apply(accepted: AcceptedEvent, facts: EventFacts): void
  flush(): void
  forget(): void
}

export function deviceWriter(tables: DeviceTables): DeviceWriter {
  const rows = rowCache(tables.devices)
  const agents = rowCache(tables.agents)
  let made = 0

  function device(urn: string, accepted: AcceptedEvent): DeviceState {
    const known = rows.get(keyText(urn))
    if (known !== undefined) return known
    made += 1
    const owner = `${accepted.site}/${accepted.agent}`
    agents.set(owner, [...(agents.get(owner) ?? []), urn])
    return newDevice(urn, accepted)
  }

  function health(accepted: AcceptedEvent, facts: EventFacts): void {
    const { event } = accepted
    if (event.type !== 'waytrace.health.v1') return
    const urn = event.deviceid ?? event.source
    const before = device(urn, accepted)
    const after = reduceHealth(before, accepted, facts)
    rows.set(keyText(urn), after)
    if (urn !== event.source) return
    for (const born of birthsOf(event.data.devices))
      rows.set(keyText(born.urn), reduceBirth(device(born.urn, accepted), { ...born, ms: facts.ms }))
    const gone = ['lost', 'disconnected'].includes(String(presenceOf(event.data.presence)))
    if (!gone || after.stateMs !== facts.ms || after.state === before.state) return
    for (const other of agents.get(`${accepted.site}/${accepted.agent}`) ?? [])
      if (other !== urn) rows.set(keyText(other), withAgentLost(device(other, accepted), facts.ms))
  }

  return {
    apply(accepted, facts) {
      if (accepted.event.type === 'waytrace.health.v1') {
        health(accepted, facts)
        return
      }
      for (const urn of devicesOf(accepted.event))
        rows.set(keyText(urn), reduceDevice(device(urn, accepted), accepted, facts, facts.measured))
    },
    flush() {
      rows.flush()
      agents.flush()
      if (made > 0) void tables.totals.put('devices', (tables.totals.get('devices') ?? 0) + made)
      made = 0
    },
    forget() {
      rows.forget()
      agents.forget()
      made = 0
    },
  }
}

export function deviceBook(tables: DeviceTables, refresh: () => void): DeviceBook {
  return {
    device(urn) {
      refresh()
      const state = tables.devices.get(keyText(urn))
      return state === undefined ? undefined : deviceView(state)
    },
    list({ after, limit, site }) {
      refresh()
      const items: DeviceView[] = []
      let last = ''
      for (const { key, value } of tables.devices.getRange(after === undefined ? {} : { start: after })) {
        if (key === after || (site !== undefined && value.site !== site)) continue
        if (items.length >= limit) return { items, next: last }
        items.push(deviceView(value))
        last = key
      }
      return { items }
    },
    count() {
      refresh()
      return tables.totals.get('devices') ?? 0
    },
  }
}

/** The devices of an agent's birth, as far as they are well formed: an own fact's body is open. */
function birthsOf(devices: unknown): { urn: string; kind?: string; slug?: string; place?: string }[] {
  if (!Array.isArray(devices)) return []
  return (devices as unknown[]).flatMap((device) => {
    if (typeof device !== 'object' || device === null) return []
    const { urn, kind, slug, place } = device as Record<string, unknown>
    if (typeof urn !== 'string' || urn === '') return []
    const birth: { urn: string; kind?: string; slug?: string; place?: string } = { urn }
    if (typeof kind === 'string') birth.kind = kind
    if (typeof slug === 'string') birth.slug = slug
    if (typeof place === 'string') birth.place = place
    return [birth]
  })
}
