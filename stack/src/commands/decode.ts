import { decode, drivers, type Frame } from '@waytrace/devices'
import { OpsError } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import type { Command } from 'commander'
import { printJson } from '../print.ts'

interface Options {
  driver: string
  hex?: string
  text?: string
  option: Record<string, string>
}

export function decodeCommand(program: Command) {
  program
    .command('decode')
    .description('Decode one frame of a device and print its observations, one JSON document a line.')
    .requiredOption('--driver <name>', `one of ${Object.keys(drivers).sort().join(', ')}`)
    .option('--hex <bytes>', 'the frame in hex digits')
    .option('--text <text>', 'the frame as text; \\x1d stands for a byte')
    .option('--option <k=v...>', 'options of the driver, see docs/generated/drivers.md', keyValues, {})
    .addHelpText(
      'after',
      `\nExample: waytrace decode --driver ruuvi-df5 --hex 0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F`,
    )
    .action(({ driver, hex, text, option }: Options) => {
      const context = { receivedAt: systemClock().now() }
      for (const observation of decode({ driver, frame: frameOf(hex, text), options: option, context }))
        printJson(observation)
    })
}

function frameOf(hex: string | undefined, text: string | undefined): Frame {
  if (hex !== undefined && text === undefined) return { hex }
  if (text !== undefined && hex === undefined) return { text }
  throw new OpsError('INPUT_INVALID', 'give the frame with --hex or with --text, not both')
}

function keyValues(pair: string, before: Record<string, string>): Record<string, string> {
  const split = pair.indexOf('=')
  if (split < 1) throw new OpsError('INPUT_INVALID', `--option wants key=value, got ${pair}`)
  return { ...before, [pair.slice(0, split)]: pair.slice(split + 1) }
}
