import { openJournal } from './index.ts'

/** Appends `tag:1`, `tag:2`, ... without end, several at a time, and prints what was acknowledged. */
const [path = '', tag = '', width = '8'] = process.argv.slice(2)
const journal = openJournal({ path, maxBytes: 1e9, reserveBytes: 0, onFull: 'wait' })
let next = 1
let acked = ''

async function append(): Promise<void> {
  for (;;) {
    const n = next++
    const position = await journal.append(Buffer.from(`${tag}:${n}:${'x'.repeat((n * 37) % 1500)}`))
    acked += `${n} ${position}\n`
    if (acked.length > 200) {
      process.stdout.write(acked)
      acked = ''
    }
  }
}

await Promise.all(Array.from({ length: Number(width) }, append))
