import { userInfo } from 'node:os'
import { OpsError } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import { type CommandView, commandFacts, commandRequest, findDevice } from '@waytrace/store'
import type { Command } from 'commander'
import { type DataFolder, openDataFolder } from '../data-folder.ts'
import { printJson, printText } from '../print.ts'
import { numberOf, settings, withSettings } from '../settings.ts'

interface Options {
  config?: string
  data?: string
  payload?: string
  expires?: string
  wait: string
  json?: boolean
}

export function commandCommand(program: Command) {
  withSettings(
    program
      .command('command')
      .argument('<device>', 'URN of the device')
      .argument('<verb>', 'ping, report-now, set-interval or codec12')
      .description('Send a command to a device through its agent, and wait a while for the answer.')
      .option('--payload <json>', 'what the verb needs, e.g. {"maxIntervalMs":60000}')
      .option('--expires <seconds>', 'not delivered after this time (default: a day)')
      .option('--wait <seconds>', 'how long to wait for the answer', '10')
      .option('--json', 'print one JSON document'),
  )
    .addHelpText(
      'after',
      '\nIngest must run on the data folder. Example: waytrace command urn:epc:id:giai:9521234.SCN-7 ping',
    )
    .action(async (device: string, verb: string, options: Options) => {
      const folder = await openDataFolder(settings(options), systemClock())
      try {
        const answer = await sendAndWait(folder, device, verb, options)
        if (options.json === true) printJson(answer)
        else printText([answer.state, answer.commandId, JSON.stringify(answer.answer) ?? ''].join('  ').trim())
      } finally {
        await folder.close()
      }
    })
}

type Answer = Pick<CommandView, 'commandId' | 'state'> & Partial<CommandView>

async function sendAndWait(
  folder: DataFolder,
  device: string,
  verb: string,
  { payload, expires, wait }: Options,
): Promise<Answer> {
  const { control, identities } = folder.knowledge
  const clock = systemClock()
  const wanted = commandRequest.safeParse({
    verb,
    ...(payload === undefined ? {} : { payload: readJson(payload) }),
    ...(expires === undefined ? {} : { expiresInSeconds: numberOf(expires) }),
  })
  if (!wanted.success) {
    const [first] = wanted.error.issues
    throw new OpsError('INPUT_INVALID', `${first?.path.join('.')}: ${first?.message}`)
  }
  const found = findDevice(identities, device)
  if (found === undefined) throw new OpsError('NOT_FOUND', `no agent has the device ${device} enrolled`)
  const by = `cli:${userInfo().username}`
  const { commandId, facts } = commandFacts(found, wanted.data, { by, now: clock.now() })
  await folder.intake('cli').append(facts)
  const until = clock.now() + (numberOf(wait) ?? 0) * 1000
  for (;;) {
    const known = control.command(commandId)
    if (known !== undefined && known.state !== 'sent') return known
    if (!(clock.now() < until)) return known ?? { commandId, state: 'sent' }
    await clock.sleep(50)
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OpsError('INPUT_INVALID', `--payload is not JSON: ${text}`, { cause })
  }
}
