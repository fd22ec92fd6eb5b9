import { readFileSync } from 'node:fs'
import { readTable, type TableCause, type TableCauses, tableCauses } from '@waytrace/correlator'
import { OpsError } from '@waytrace/standard'
import type { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import { printJson, printTable, printText } from '../print.ts'

interface Options {
  table: string
  json?: boolean
}

export function causesCommand(program: Command) {
  program
    .command('causes')
    .description('Name what the alarms of a table have in common: one cause or several, each with its evidence.')
    .requiredOption(
      '--table <file.csv>',
      'one row per order or combination; columns n (observed) and k (alarmed), every other column is an attribute; ' +
        'with a column expected, k is a value, rises and drops are found, and n may be left out',
    )
    .option('--json', 'print one JSON document')
    .action(({ table, json }: Options) => {
      const { names, records } = readCsv(table)
      const found = tableCauses(readTable(names, records))
      if (json) printJson(found)
      else say(found)
    })
}

function readCsv(file: string): { names: string[]; records: Record<string, string>[] } {
  let names: string[] = []
  try {
    const records: Record<string, string>[] = parse(readFileSync(file), {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      columns: (header: string[]) => {
        names = header
        return header
      },
    })
    return { names, records }
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', `${file}: ${(cause as Error).message}`, { cause })
  }
}

function say({ causes, unexplained }: TableCauses): void {
  if (causes.length === 0) printText('No shared cause: what deviates has nothing in common that chance would not give.')
  else
    printTable(
      ['cause', 'inside', 'outside', 'evidence (nats)', 'cannot be told from'],
      causes.map((cause) => [
        named(cause.attributes),
        inside(cause),
        outside(cause),
        cause.logBayesFactor.toFixed(1),
        cause.ambiguousWith.map(named).join(' or '),
      ]),
    )
  if (unexplained > 0) printText(`Unexplained, or of a cause outside these columns: ${short(unexplained)}`)
}

const named = (attributes: Record<string, string>) =>
  Object.entries(attributes)
    .map(([name, value]) => `${name} = ${value}`)
    .join(' and ')

const inside = ({ k, n, expected }: TableCause) =>
  expected === undefined ? `${short(k)} of ${short(n)} alarmed` : `${short(k)} where ${short(expected)} was expected`

const outside = ({ kOutside, nOutside, expected }: TableCause) =>
  expected === undefined ? `${short(kOutside)} of ${short(nOutside)} alarmed` : short(kOutside)

const short = (value: number) => String(Math.round(value * 10) / 10)
