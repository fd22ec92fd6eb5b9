import { readFileSync } from 'node:fs'
import { isEpcis, OpsError, toEpcisDocument, type WaytraceEvent } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import { captureEpcis } from '@waytrace/store'
import type { Command } from 'commander'
import { type DataFolder, openDataFolder, openExistingFolder } from '../data-folder.ts'
import { printJson, printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

interface Options {
  config?: string
  data?: string
  order?: string
  all?: boolean
  proceed?: boolean
}

export function epcisCommand(program: Command) {
  const epcis = program.command('epcis').description('Exchange events with other systems as GS1 EPCIS 2.0 JSON.')
  withSettings(
    epcis
      .command('import')
      .argument('<file>', 'EPCIS 2.0 JSON document')
      .description('Take a document in; a running ingest stores it.')
      .option('--proceed', 'take the good events although others are bad'),
  ).action(async (file: string, options: Options) => {
    const clock = systemClock()
    const folder = await openDataFolder(settings(options), clock)
    try {
      const all = options.proceed !== true
      const { captured, errors } = await captureEpcis(readJson(file), folder.intake('import'), clock, { all })
      printText(`${captured.length} events taken in, ${errors.length} refused`)
      for (const { index, message } of errors) process.stderr.write(`eventList.${index}: ${message}\n`)
      if (errors.length > 0) process.exitCode = 1
    } finally {
      await folder.close()
    }
  })
  withSettings(
    epcis
      .command('export')
      .description('Print events as one EPCIS 2.0 document.')
      .option('--order <order>', 'the events of one order')
      .option('--all', 'every stored event'),
  ).action(async (options: Options) => {
    if ((options.order === undefined) === (options.all !== true))
      throw new OpsError('INPUT_INVALID', 'give --order ORDER or --all')
    const folder = await openExistingFolder(settings(options), systemClock())
    try {
      const events = options.order === undefined ? await everyEvent(folder) : await ofOrder(folder, options.order)
      printJson(toEpcisDocument(events.filter(isEpcis), { createdAt: new Date(systemClock().now()).toISOString() }))
    } finally {
      await folder.close()
    }
  })
}

async function ofOrder({ events }: DataFolder, order: string): Promise<WaytraceEvent[]> {
  const found = await events.eventsOfOrder(order)
  if (found.length === 0) throw new OpsError('NOT_FOUND', `no order ${order}`)
  return found.map(({ event }) => event)
}

async function everyEvent({ events }: DataFolder): Promise<WaytraceEvent[]> {
  const found: WaytraceEvent[] = []
  let after: string | undefined
  do {
    const page = await events.events({ after, limit: 1000 })
    for (const { event } of page.items) found.push(event)
    after = page.next
  } while (after !== undefined)
  return found
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', `${file} cannot be read as JSON: ${(cause as Error).message}`, { cause })
  }
}
