import { systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import { printJson, printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

interface Options {
  config?: string
  data?: string
  json?: boolean
  force?: boolean
}

const NOT_INCLUDED = `
InfluxDB is not part of it: when INFLUX_URL is set, back InfluxDB up with its own tools right after this.
The spools of edge agents stay with the agents: they keep everything that was not stored yet.`

export function backupCommand(program: Command) {
  withSettings(
    program
      .command('backup')
      .argument('<dir>', 'empty or new folder for the backup')
      .description('Copy the data folder while everything runs. What was acknowledged before is in the copy.')
      .option('--json', 'print the manifest as one JSON document'),
  )
    .addHelpText('after', NOT_INCLUDED)
    .action(async (target: string, options: Options) => {
      const { backup } = await import('../backup/backup.ts')
      const manifest = await backup(settings(options), target, {
        clock: systemClock(),
        version: program.version() ?? '',
        progress: (text) => void process.stderr.write(`${text}\n`),
      })
      if (options.json === true) return printJson(manifest)
      const { files, log, note } = manifest
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
      printText(`${log.last} events and more in ${files.length} files, ${bytes} bytes: ${target}\n${note}`)
    })
}

export function restoreCommand(program: Command) {
  withSettings(
    program
      .command('restore')
      .argument('<dir>', 'folder of a backup')
      .description('Put a backup into the data folder, which must be empty and not in use.')
      .option('--force', 'set aside what the data folder holds now, instead of refusing')
      .option('--json', 'print one JSON document'),
  )
    .addHelpText(
      'after',
      `${NOT_INCLUDED}
What was stored after the backup was made is gone from here, unless an agent still has it.`,
    )
    .action(async (source: string, options: Options) => {
      const { restore } = await import('../backup/restore.ts')
      const config = settings(options)
      const { manifest, setAside } = await restore(config, source, {
        clock: systemClock(),
        force: options.force === true,
      })
      if (options.json === true) return printJson({ data: config.data, setAside, manifest })
      printText(`${config.data} is as it was at ${manifest.startedAt} or later.`)
      if (setAside !== undefined) printText(`What was there before: ${setAside}`)
    })
}
