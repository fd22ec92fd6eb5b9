import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { act, type Finding, note, ok } from './finding.ts'

/** Serial devices of this machine by the names that stay (Linux), and whether this user may open them. */
export function serialPorts(folder = '/dev/serial/by-id'): Finding[] {
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (names.length === 0) return [note('serial ports', 'none')]
  return names.map((name) => {
    const path = join(folder, name)
    try {
      accessSync(path, constants.R_OK | constants.W_OK)
      return ok('serial port', path)
    } catch {
      return act('serial port', `${path} may not be opened`, 'add this user to the group of the device (often dialout)')
    }
  })
}
