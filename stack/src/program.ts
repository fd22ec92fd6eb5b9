import { explain } from '@waytrace/standard/process'
import { Command, CommanderError } from 'commander'

/** Each loads its own parts only: `decode` must not wait for the broker's and the shell's code. */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  up: async () => (await import('./commands/up.ts')).upCommand,
  broker: async () => (await import('./commands/broker.ts')).brokerCommand,
  ingest: async () => (await import('./commands/ingest.ts')).ingestCommand,
  'control-room': async () => (await import('./commands/control-room.ts')).controlRoomCommand,
  agent: async () => (await import('./commands/agent.ts')).agentCommand,
  enroll: async () => (await import('./commands/enroll.ts')).enrollCommand,
  order: async () => (await import('./commands/order.ts')).orderCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  decode: async () => (await import('./commands/decode.ts')).decodeCommand,
  causes: async () => (await import('./commands/causes.ts')).causesCommand,
  forecast: async () => (await import('./commands/forecast.ts')).forecastCommand,
  epcis: async () => (await import('./commands/epcis.ts')).epcisCommand,
  dlq: async () => (await import('./commands/dlq.ts')).dlqCommand,
  command: async () => (await import('./commands/command.ts')).commandCommand,
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  restore: async () => (await import('./commands/backup.ts')).restoreCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
}

/**
 * Runs the `waytrace` command with these arguments, without the program's name. What goes wrong is explained on
 * standard error and leaves `process.exitCode` 1; parts that live until a signal end the process themselves.
 */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = new Command('waytrace')
    .description('Where is this order, is it all right, and what is breaking many orders at once?')
    .version('0.1.0')
    .showHelpAfterError('(waytrace --help lists every command)')
    .exitOverride()
  const [wanted = ''] = args
  const names = Object.hasOwn(COMMANDS, wanted) ? [wanted] : Object.keys(COMMANDS)
  try {
    for (const name of names) (await COMMANDS[name]?.())?.(program)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    // Of a wrong argument, or of help that was asked for, commander has told everything.
    if (!(error instanceof CommanderError)) process.stderr.write(explain(error))
    process.exitCode = error instanceof CommanderError ? error.exitCode : 1
  }
}
