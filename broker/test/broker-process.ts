import { openJournal } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { createBroker } from '../src/index.ts'
import { EDGE1, listedIdentities } from './doubles.ts'

/** A broker in a process of its own, on the journal folder and port given; prints its port. */
const [path = '', port = '0'] = process.argv.slice(2)
const broker = createBroker(
  { port: Number(port) },
  {
    journal: openJournal({ path, maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' }),
    identities: listedIdentities([{ enrolment: EDGE1, password: 'secret-word' }]),
    clock: systemClock(),
    log: { info() {}, warn() {}, error() {} },
  },
)
await broker.start()
process.stdout.write(`port ${broker.address.port}\n`)
