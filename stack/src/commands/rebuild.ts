import { systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import { openDataFolder } from '../data-folder.ts'
import { printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

export function rebuildCommand(program: Command) {
  withSettings(
    program
      .command('rebuild')
      .description('Derive orders, devices and custody anew from the stored events. Stop ingest before.'),
  ).action(async (options: { config?: string; data?: string }) => {
    const folder = await openDataFolder(settings(options), systemClock())
    try {
      let applied = 0
      await folder.knowledge.rebuild(folder.events, (count) => {
        applied = count
        if (count % 50_000 === 0) process.stderr.write(`${count} events applied\n`)
      })
      printText(
        `${applied} events applied: ${folder.knowledge.orders.count()} orders, ${folder.knowledge.devices.count()} devices`,
      )
    } finally {
      await folder.close()
    }
  })
}
