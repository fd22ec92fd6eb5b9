import { OpsError } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import { type OrderTimeline, orderTimeline } from '@waytrace/store'
import type { Command } from 'commander'
import { openExistingFolder } from '../data-folder.ts'
import { printJson, printTable, printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

export function orderCommand(program: Command) {
  withSettings(
    program
      .command('order')
      .argument('<order>', 'order number or its URI')
      .description('Show an order node by node, with the readings taken along its way.')
      .option('--json', 'print one JSON document'),
  ).action(async (order: string, options: { config?: string; data?: string; json?: boolean }) => {
    const folder = await openExistingFolder(settings(options), systemClock())
    try {
      const timeline = await orderTimeline(folder.knowledge, folder.events, order)
      if (timeline === undefined) throw new OpsError('NOT_FOUND', `no order ${order}`)
      if (options.json === true) printJson(timeline)
      else printTimeline(timeline)
    } finally {
      await folder.close()
    }
  })
}

function printTimeline({ order, nodes, readings, notes }: OrderTimeline) {
  printText(`${order}\n`)
  const rows = nodes.map(({ node, at, expectedAt, device, operator, place }) => [
    node,
    at ?? (expectedAt === undefined ? '' : `expected ${expectedAt}`),
    device ?? '',
    operator ?? '',
    place ?? '',
  ])
  printTable(['node', 'at', 'device', 'operator', 'place'], rows)
  const values = readings.filter(({ type }) => type === 'Temperature')
  const failed = values.filter(({ value }) => value === undefined).length
  const known = values.flatMap(({ value }) => (typeof value === 'number' ? [value] : []))
  if (known.length === 0) return printText('\nno temperature readings yet')
  const [low, high] = [Math.min(...known), Math.max(...known)]
  printText(`\n${known.length} temperature readings, ${low.toFixed(2)} to ${high.toFixed(2)} °C, ${failed} failed`)
  for (const { at, kind, text } of notes) printText(`${at}  ${kind}: ${text}`)
}
