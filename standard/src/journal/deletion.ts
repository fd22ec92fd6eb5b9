import { OpsError } from '../event/errors.ts'
import { blockStart } from './block.ts'
import type { JournalOptions } from './journal.ts'
import { type Head, ride, type Tables } from './tables.ts'

interface Cut extends Head {
  /** Keys of the blocks that go. */
  gone: number[]
  /** Whether the newest block is among them. */
  newest: boolean
}

/** Blocks deleted in one transaction: keeps each short for the other writers. */
const CHUNK = 256

/** Deletes whole blocks whose entries are all at or before `bound`. Resolves when that is durable. */
export async function deleteUpTo(tables: Tables, bound: number): Promise<void> {
  for (;;) {
    tables.refresh()
    const head = tables.head()
    const cut = whereToCut(tables, (end) => end <= bound)
    if (cut.gone.length === 0) return
    if (await cutOff(tables, head, cut)) await tables.root.flushed
  }
}

/** Deletes oldest blocks until `bytes` are free, counting the entries that a required cursor had not passed. */
export async function dropOldest(tables: Tables, bytes: number, onDrop: JournalOptions['onDrop']): Promise<void> {
  const target = tables.head().start + bytes
  for (;;) {
    tables.refresh()
    const head = tables.head()
    if (head.start >= target || head.first > tables.tail().last) return
    const from = Math.max(head.first, (tables.passed() ?? 0) + 1)
    const cut = whereToCut(tables, (_end, start) => start() < target)
    const count = Math.max(0, cut.first - from)
    if (!(await cutOff(tables, head, { ...cut, dropped: head.dropped + count }))) continue
    if (count > 0) onDrop?.({ from, to: cut.first - 1, count })
  }
}

/** The head after deleting blocks from the oldest on while `goes` says so, at most one chunk of them. */
function whereToCut(tables: Tables, goes: (end: number, start: () => number) => boolean): Cut {
  const { dropped } = tables.head()
  const { last, end } = tables.tail()
  const keys = [...tables.blocks.getKeys({ limit: CHUNK + 1 })]
  let go = 0
  for (const [i, key] of keys.entries()) {
    const next = keys[i + 1]
    if (i === CHUNK || !goes((next ?? last + 1) - 1, () => startOf(tables, key))) break
    go = i + 1
  }
  const first = keys[go]
  const gone = keys.slice(0, go)
  if (first === undefined) return { first: last + 1, start: end, dropped, gone, newest: true }
  return { first, start: startOf(tables, first), dropped, gone, newest: false }
}

/**
 * Deletes if nobody else moved the head meanwhile. An appender may rewrite the newest block with more entries, so that
 * block goes only while the tail stands still.
 */
async function cutOff(tables: Tables, head: Head, { gone, newest, ...next }: Cut): Promise<boolean> {
  const write = () => {
    for (const key of gone) ride(tables.blocks.remove(key))
    ride(tables.state.put('head', next, next.first))
  }
  let tailStood: Promise<boolean> | undefined
  const headStood = tables.state.ifVersion('head', head.first, () => {
    if (newest) tailStood = tables.state.ifVersion('tail', next.first, write)
    else write()
  })
  return (await headStood) && (await (tailStood ?? true))
}

function startOf(tables: Tables, key: number): number {
  const bytes = tables.blocks.get(key)
  if (bytes === undefined) throw new OpsError('JOURNAL_CORRUPT', `block ${key} is listed but cannot be read`)
  return blockStart(bytes)
}
