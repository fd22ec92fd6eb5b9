import { join } from 'node:path'
import { openJournal } from '@waytrace/standard/journal'
import { systemClock } from '@waytrace/standard/process'
import { embeddedStore, openKnowledge } from '@waytrace/store'
import { createIngest } from '../src/index.ts'

/** Ingest in a process of its own, on the data folder given. */
const [path = ''] = process.argv.slice(2)
const limits = { maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' as const }
const knowledge = await openKnowledge(join(path, 'store'))
const ingest = createIngest(
  { statePath: join(path, 'dedupe'), batchMessages: 50, writeEvents: 200 },
  {
    journal: openJournal({ ...limits, path: join(path, 'journal') }),
    log: openJournal({ ...limits, path: join(path, 'log') }),
    knowledge,
    stores: { store: embeddedStore(join(path, 'store')) },
    clock: systemClock(),
    logger: {
      info() {},
      warn: (_, message) => void process.stderr.write(`${message}\n`),
      error: (fields, message) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
    },
    downlink: { mark: (mark) => void process.stdout.write(`mark ${mark.sequence}\n`), born() {}, send() {} },
    onFatal: () => process.exit(1),
  },
)
await ingest.start()
process.stdout.write('started\n')
// Timers are unreferenced and nobody listens here: stdin keeps the process alive.
process.stdin.on('data', () => void ingest.stop().then(() => process.exit(0)))
