import { explain } from '@waytrace/standard/process'
import { Command } from 'commander'
import { agentCommand } from './commands/agent.ts'
import { backupCommand, restoreCommand } from './commands/backup.ts'
import { brokerCommand } from './commands/broker.ts'
import { controlRoomCommand } from './commands/control-room.ts'
import { decodeCommand } from './commands/decode.ts'
import { dlqCommand } from './commands/dlq.ts'
import { doctorCommand } from './commands/doctor.ts'
import { enrollCommand } from './commands/enroll.ts'
import { epcisCommand } from './commands/epcis.ts'
import { importCommand } from './commands/import.ts'
import { ingestCommand } from './commands/ingest.ts'
import { orderCommand } from './commands/order.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { replayCommand } from './commands/replay.ts'
import { upCommand } from './commands/up.ts'

const program = new Command('waytrace')
  .description('Where is this order, is it all right, and what is breaking many orders at once?')
  .version('0.1.0')
  .showHelpAfterError('(waytrace --help lists every command)')
upCommand(program)
brokerCommand(program)
ingestCommand(program)
controlRoomCommand(program)
agentCommand(program)
enrollCommand(program)
orderCommand(program)
importCommand(program)
replayCommand(program)
decodeCommand(program)
epcisCommand(program)
dlqCommand(program)
rebuildCommand(program)
backupCommand(program)
restoreCommand(program)
doctorCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(explain(error))
  process.exitCode = 1
}
