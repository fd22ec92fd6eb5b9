import { OpsError } from '../event/errors.ts'
import { openJournal } from './index.ts'

/** Appends 1 kB entries that begin with their position until the disk refuses, and prints how it was told. */
const [path = ''] = process.argv.slice(2)
const noReserve = () => Number.POSITIVE_INFINITY
const journal = openJournal({ path, maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' }, { freeBytes: noReserve })
let acked = 0
const say = (line: string) => process.stdout.write(`${line}\n`)

function entry(position: number): Buffer {
  const bytes = Buffer.alloc(1000)
  bytes.writeUInt32LE(position, 0)
  return bytes
}

try {
  for (;;) {
    await journal.appendAll(Array.from({ length: 50 }, (_, i) => entry(acked + i + 1)))
    acked += 50
    say(`acked ${acked}`)
  }
} catch (error) {
  const again = await journal.append(entry(0)).catch((later) => later)
  if (error instanceof OpsError) say(`refused ${error.code} ${error.disposition} ${again === error}`)
}
