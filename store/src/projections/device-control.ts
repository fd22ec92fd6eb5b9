import type { RootDatabase } from 'lmdb'
import { keyText } from '../keys.ts'
import type { AcceptedEvent, CommandView, DeviceControl, Page, SettingsView } from '../ports.ts'

/** Device, then minus the number of the event that sent the command: newest first. */
type CommandKey = [device: string, order: number]

export type ControlTables = ReturnType<typeof openControlTables>

export function openControlTables(root: RootDatabase) {
  return {
    commands: root.openDB<CommandView, CommandKey>({ name: 'commands', encoding: 'json' }),
    commandKeys: root.openDB<CommandKey, string>({ name: 'command-keys', encoding: 'json' }),
    settings: root.openDB<SettingsView, string>({ name: 'device-settings', encoding: 'json' }),
    /** Number of the newest change of a device's settings -> device. */
    changes: root.openDB<string, number>({ name: 'device-settings-changes', encoding: 'json' }),
  }
}

/** So many commands are remembered of each device. */
const KEPT = 500
const FIRST = -Number.MAX_SAFE_INTEGER

/** Keeps what people asked of devices and what became of it. Call inside the commit. */
export function applyControl(tables: ControlTables, { event, position }: AcceptedEvent): void {
  if (event.type === 'waytrace.command.v1') applyCommand(tables, event, position)
  else if (event.type === 'waytrace.config.v1') applySettings(tables, event, position)
  else if (event.type === 'waytrace.health.v1') {
    const { config } = event.data
    if (event.deviceid === undefined || (typeof config !== 'number' && typeof config !== 'string')) return
    const key = keyText(event.deviceid)
    const row = tables.settings.get(key)
    if (row !== undefined && row.acknowledged?.version !== config)
      void tables.settings.put(key, { ...row, acknowledged: { version: config, at: event.time } })
  }
}

type EventOf<T> = Extract<AcceptedEvent['event'], { type: T }>

function applyCommand(tables: ControlTables, event: EventOf<'waytrace.command.v1'>, position: number): void {
  const { commandId, device, verb, state, expiresAt, payload, answer, by } = event.data
  const known = tables.commandKeys.get(keyText(commandId))
  const row = known === undefined ? undefined : tables.commands.get(known)
  if (state === 'sent') {
    if (known !== undefined) return
    const sent: CommandView = { commandId, device, verb, state, sentAt: event.time }
    if (typeof by === 'string') sent.by = by
    if (expiresAt !== undefined) sent.expiresAt = expiresAt
    if (payload !== undefined) sent.payload = payload
    const key: CommandKey = [keyText(device), -position]
    void tables.commands.put(key, sent)
    void tables.commandKeys.put(keyText(commandId), key)
    forgetOld(tables, key[0])
    return
  }
  // An answer from elsewhere, or a second end: what was carried out counts, also after it was given up.
  if (known === undefined || row === undefined || row.device !== device || row.state === 'answered') return
  if (state === 'expired' && row.state === 'expired') return
  const ended: CommandView = { ...row, state, endedAt: event.time }
  if (answer !== undefined) ended.answer = answer
  void tables.commands.put(known, ended)
}

function forgetOld({ commands, commandKeys }: ControlTables, device: string): void {
  const old = [...commands.getRange({ start: [device, FIRST], end: [device, 0], offset: KEPT })]
  for (const { key, value } of old) {
    void commands.remove(key)
    void commandKeys.remove(keyText(value.commandId))
  }
}

function applySettings(tables: ControlTables, event: EventOf<'waytrace.config.v1'>, position: number): void {
  const { device, version, settings, by } = event.data
  const key = keyText(device)
  const before = tables.settings.get(key)
  if (before !== undefined) void tables.changes.remove(before.position)
  const row: SettingsView = { device, version, settings, changedAt: event.time, position }
  if (typeof by === 'string') row.by = by
  if (before?.acknowledged !== undefined) row.acknowledged = before.acknowledged
  void tables.settings.put(key, row)
  void tables.changes.put(position, key)
}

export function deviceControl(tables: ControlTables, refresh: () => void): DeviceControl {
  return {
    commands(device, { after, limit }): Page<CommandView> {
      refresh()
      const name = keyText(device)
      const from = after === undefined ? FIRST : Number(after) + 1
      const start: CommandKey = [name, Number.isSafeInteger(from) ? from : FIRST]
      const found = [...tables.commands.getRange({ start, end: [name, 0], limit: limit + 1 })]
      const items = found.slice(0, limit).map(({ value }) => value)
      const last = found[limit - 1]
      return found.length > limit && last !== undefined ? { items, next: String(last.key[1]) } : { items }
    },
    command(commandId) {
      refresh()
      const key = tables.commandKeys.get(keyText(commandId))
      return key === undefined ? undefined : tables.commands.get(key)
    },
    settings(device) {
      refresh()
      return tables.settings.get(keyText(device))
    },
    changedSettings(after) {
      refresh()
      const devices = [...tables.changes.getRange({ start: after + 1 })].map(({ value }) => value)
      return devices.flatMap((device) => tables.settings.get(device) ?? [])
    },
  }
}
