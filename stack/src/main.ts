import { explain } from '@waytrace/standard/process'
import { Command } from 'commander'
import { decodeCommand } from './commands/decode.ts'
import { dlqCommand } from './commands/dlq.ts'
import { enrollCommand } from './commands/enroll.ts'
import { epcisCommand } from './commands/epcis.ts'
import { orderCommand } from './commands/order.ts'
import { upCommand } from './commands/up.ts'

const program = new Command('waytrace')
  .description('Where is this order, is it all right, and what is breaking many orders at once?')
  .version('0.1.0')
  .showHelpAfterError('(waytrace --help lists every command)')
upCommand(program)
enrollCommand(program)
orderCommand(program)
decodeCommand(program)
epcisCommand(program)
dlqCommand(program)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(explain(error))
  process.exitCode = 1
}
