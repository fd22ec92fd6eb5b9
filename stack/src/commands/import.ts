import { readFileSync } from 'node:fs'
import { OpsError } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import type { WaytraceConfig } from '../config.ts'
import { type DataFolder, openDataFolder } from '../data-folder.ts'
import { importDevices } from '../imports/devices.ts'
import { labelFact } from '../imports/labels.ts'
import { orderFact } from '../imports/orders.ts'
import { type Row, rowOf } from '../imports/rows.ts'
import { printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

interface Options {
  config?: string
  data?: string
}

export function importCommand(program: Command) {
  const command = program
    .command('import')
    .description('Take orders, devices or labels in from a CSV file with a header line.')
  const add = (
    name: string,
    about: string,
    run: (folder: DataFolder, rows: Row[], config: WaytraceConfig) => Promise<string>,
  ) =>
    withSettings(command.command(name).argument('<file.csv>').description(about)).action(
      async (file: string, options: Options) => {
        const config = settings(options)
        const rows = readCsv(file)
        const folder = await openDataFolder(config, systemClock())
        try {
          printText(await run(folder, rows, config))
        } finally {
          await folder.close()
        }
      },
    )
  add(
    'orders',
    'Columns: order, placedAt; optional customer, profile, promisedBy, place, operator.',
    async (folder, rows, { gln }) => {
      const facts = rows.map((row) => orderFact(row, gln))
      await folder.intake('import').append(facts)
      return `${facts.length} orders taken in`
    },
  )
  add(
    'labels',
    'Columns: sscc, order; optional minC, maxC, notBefore, notAfter, at.',
    async (folder, rows, { gln }) => {
      const now = systemClock().now()
      const facts = rows.map((row) => labelFact(row, gln, now))
      await folder.intake('import').append(facts)
      return `${facts.length} labels taken in`
    },
  )
  add('devices', 'Columns: site, agent, slug, kind, urn. The agents must be enrolled.', async (folder, rows) => {
    const count = await importDevices(folder.knowledge.identities, rows)
    return `${count} devices enrolled`
  })
}

function readCsv(file: string): Row[] {
  try {
    return parse(readFileSync(file), {
      columns: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: false,
      on_record: (record: Record<string, string>, { lines }) => rowOf(record, lines),
    }) as unknown as Row[]
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', `${file}: ${(cause as Error).message}`, { cause })
  }
}
