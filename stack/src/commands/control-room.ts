import type { Command } from 'commander'
import { readNotice } from '../parts/notice.ts'
import { queuesHealth } from '../parts/queues.ts'
import { runPart } from '../parts/run-part.ts'
import { shellPart } from '../parts/shell.ts'
import { printText } from '../print.ts'
import { numberOf, settings, withSettings } from '../settings.ts'

export function controlRoomCommand(program: Command) {
  withSettings(
    program
      .command('control-room')
      .description('The control room and the API as a process of its own, on the data folder of the other parts.')
      .option('--http-port <port>', 'port of the control room and the API (default: 8080)'),
  )
    .addHelpText(
      'after',
      `
It reads what waytrace broker and waytrace ingest keep in the data folder. Health shows what each of them last said of
itself there (each second), and how far behind the readers of journal and log are.

Example: waytrace control-room --data ./data --http-port 8080`,
    )
    .action((options: { config?: string; data?: string; httpPort?: string }) => {
      const config = settings(options, { http: { port: numberOf(options.httpPort) } })
      return runPart('control-room', config, async ({ scope, folder, clock, log }) => {
        const others = config.externalBroker === undefined ? ['broker', 'ingest'] : ['ingest']
        const health = () => [...others.map((part) => readNotice(config.data, part, clock.now())), queuesHealth(folder)]
        // It serves what is stored also while another part is down: that is when people look.
        const ports = { clock, log, health, ready: () => true }
        const { shell, users, firstPassword } = await shellPart(config, folder, ports)
        scope.onStop('users', () => users.close())
        await scope.own('control room', shell)
        if (firstPassword !== undefined)
          printText(`First start: sign in as admin with the password ${firstPassword} (it is not shown again).`)
        printText(`Control room is ready: ${shell.address}`)
      })
    })
}
