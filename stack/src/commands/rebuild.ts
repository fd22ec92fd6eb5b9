import { systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import { type DataFolder, openExistingFolder } from '../data-folder.ts'
import { onlyOne } from '../parts/only-one.ts'
import { printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

export function rebuildCommand(program: Command) {
  withSettings(
    program
      .command('rebuild')
      .description('Derive orders, devices and custody anew from the stored events. Stop ingest before.'),
  ).action(async (options: { config?: string; data?: string }) => {
    const config = settings(options)
    const folder = await openExistingFolder(config, systemClock())
    const claim = onlyOne(config.data, 'ingest')
    try {
      await claim.start()
      const applied = await rebuild(folder)
      printText(
        `${applied} events applied: ${folder.knowledge.orders.count()} orders, ${folder.knowledge.devices.count()} devices`,
      )
    } finally {
      await claim.stop()
      await folder.close()
    }
  })
}

/** The stored events are the whole past: the log may have been trimmed. */
async function rebuild({ knowledge, events }: DataFolder): Promise<number> {
  await knowledge.rebuild()
  let applied = 0
  let after: string | undefined
  do {
    const page = await events.events({ after, limit: 1000 })
    await knowledge.projection.apply(page.items)
    const before = applied
    applied += page.items.length
    if (Math.floor(applied / 50_000) > Math.floor(before / 50_000)) process.stderr.write(`${applied} events applied\n`)
    after = page.next
  } while (after !== undefined)
  return applied
}
