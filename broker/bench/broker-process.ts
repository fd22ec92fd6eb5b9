import { openJournal } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { createBroker } from '../src/index.ts'
import { agent, listedIdentities } from '../test/doubles.ts'

/** The broker under load, with 100 enrolled agents; prints its port. */
const [path = ''] = process.argv.slice(2)
const enrolments = Array.from({ length: 100 }, (_, n) => ({ enrolment: agent(`edge${n}`), password: 'secret-word' }))
const broker = createBroker(
  { port: 0, limits: { connectionsPerSecond: 1000 } },
  {
    journal: openJournal({ path, maxBytes: 8e9, reserveBytes: 0, onFull: 'wait' }),
    identities: listedIdentities(enrolments),
    clock: systemClock(),
    log: { info() {}, warn() {}, error() {} },
  },
)
await broker.start()
process.on('SIGTERM', () => process.exit(0))
process.stdout.write(`port ${broker.address.port}\n`)
