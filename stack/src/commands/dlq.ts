import { OpsError } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import { replayDeadLetter } from '@waytrace/store'
import type { Command } from 'commander'
import { type DataFolder, openExistingFolder } from '../data-folder.ts'
import { printJson, printTable, printText } from '../print.ts'
import { settings, withSettings } from '../settings.ts'

interface Options {
  config?: string
  data?: string
  json?: boolean
  limit?: string
  code?: string
  all?: boolean
}

export function dlqCommand(program: Command) {
  const dlq = program.command('dlq').description('Dead letters: what ingest could not accept, with bytes and reason.')
  withSettings(
    dlq
      .command('list')
      .description('The newest dead letters.')
      .option('--limit <n>', 'how many', '50')
      .option('--code <code>', 'only those of one error code')
      .option('--json', 'print one JSON document'),
  ).action((options: Options) => withFolder(options, list))
  withSettings(dlq.command('show').argument('<id>').description('One dead letter with its bytes.')).action(
    (id: string, options: Options) =>
      withFolder(options, ({ knowledge }) => {
        const letter = knowledge.deadLetters.get(id)
        if (letter === undefined) throw new OpsError('NOT_FOUND', `no dead letter ${id}`)
        const { payload, ...rest } = letter
        printJson({
          ...rest,
          text: Buffer.from(payload).toString('utf8'),
          base64: Buffer.from(payload).toString('base64'),
        })
      }),
  )
  withSettings(
    dlq
      .command('replay')
      .argument('[ids...]')
      .description('Send dead letters through ingest again, after the sender or the enrolment was mended.')
      .option('--all', 'every one that was not replayed yet')
      .option('--code <code>', 'with --all: only those of one error code'),
  ).action((ids: string[], options: Options) => withFolder(options, (folder) => replay(folder, ids, options)))
}

async function withFolder(options: Options, run: (folder: DataFolder, options: Options) => unknown) {
  const folder = await openExistingFolder(settings(options), systemClock())
  try {
    await run(folder, options)
  } finally {
    await folder.close()
  }
}

function list({ knowledge }: DataFolder, { limit, code, json }: Options) {
  const found = knowledge.deadLetters.list({ limit: Number(limit), code })
  if (json === true)
    return printJson({
      ...found,
      items: found.items.map(({ payload, ...letter }) => ({ ...letter, bytes: payload.length })),
    })
  const rows = found.items.map(({ id, receivedAt, code, topic, message, replayedAt }) => [
    id,
    new Date(receivedAt).toISOString(),
    code,
    replayedAt === undefined ? '' : 'replayed',
    topic,
    message,
  ])
  printTable(['id', 'received', 'code', 'state', 'topic', 'reason'], rows)
}

async function replay({ knowledge, rawJournal }: DataFolder, ids: readonly string[], options: Options) {
  const { deadLetters } = knowledge
  const chosen = options.all === true ? waiting(deadLetters, options.code) : ids
  if (chosen.length === 0) throw new OpsError('INPUT_INVALID', 'name dead letters, or give --all')
  for (const id of chosen) await replayDeadLetter({ deadLetters, rawJournal, clock: systemClock() }, id)
  printText(`${chosen.length} sent through ingest again`)
}

function waiting(deadLetters: DataFolder['knowledge']['deadLetters'], code: string | undefined): string[] {
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = deadLetters.list({ limit: 500, code, after })
    ids.push(...page.items.flatMap(({ id, replayedAt }) => (replayedAt === undefined ? [id] : [])))
    after = page.next
  } while (after !== undefined)
  return ids
}
