import { decodeLogRecord, decodeRawRecord, type Journal } from '@waytrace/standard/journal'
import { deadHolds, isHold } from '../backup/hold.ts'
import { act, type Finding, note, ok, type Patient } from './finding.ts'
import { sizeText, spanText } from './words.ts'

const FULL_PERCENT = 90
/** What a running consumer has not read for so long is more than a burst. */
const LATE_MS = 60_000

/** How full raw journal and log are, and how far each consumer is behind. */
export function queues({ data, clock }: Patient): Finding[] {
  if (data === undefined) return [note('journal and log', 'none yet')]
  const running = data.users.length > 0
  const one = (name: string, journal: Journal, receivedAt: (bytes: Uint8Array) => number) => [
    fill(name, journal),
    ...consumers(name, journal, receivedAt, { now: clock.now(), running }),
    ...leftHolds(name, journal),
  ]
  return [
    ...one('journal', data.rawJournal, (bytes) => decodeRawRecord(bytes).receivedAt),
    ...one('log', data.acceptedLog, (bytes) => decodeLogRecord(bytes).receivedAt),
  ]
}

function fill(name: string, journal: Journal): Finding {
  const { bytes, maxBytes, first, last } = journal.stats()
  const percent = Math.floor((100 * bytes) / maxBytes)
  const found = `${percent} % full: ${sizeText(bytes)} of ${sizeText(maxBytes)}, entries ${first} to ${last}`
  if (percent < FULL_PERCENT) return ok(name, found)
  const option = name === 'log' ? 'journal.logMaxBytes' : 'journal.maxBytes'
  return act(name, found, `help the slowest consumer below catch up, or raise ${option}; when full, publishers wait`)
}

function consumers(
  name: string,
  journal: Journal,
  receivedAt: (bytes: Uint8Array) => number,
  { now, running }: { now: number; running: boolean },
): Finding[] {
  const { last, cursors } = journal.stats()
  return Object.entries(cursors)
    .filter(([consumer]) => !isHold(consumer))
    .map(([consumer, { position, required }]) => {
      const what = `${name}: ${consumer}`
      const behind = last - position
      if (behind <= 0) return ok(what, 'has read everything')
      const [oldest] = journal.read(position + 1, 1)
      const waits = oldest === undefined ? 0 : Math.max(0, now - receivedAt(oldest.bytes))
      const found = `${behind} behind, the oldest for ${spanText(waits)}`
      if (!running) return note(what, found, 'goes on at the next start')
      if (waits <= LATE_MS || !required) return ok(what, found)
      return act(what, found, 'look at the log of ingest and at what it writes to: it does not keep up')
    })
}

function leftHolds(name: string, journal: Journal): Finding[] {
  const held = Object.keys(journal.stats().cursors).filter(isHold)
  if (held.length === 0) return []
  if (deadHolds(journal).length === 0)
    return [note(`${name}: backup`, 'a backup is running; nothing is trimmed meanwhile')]
  return [
    act(
      `${name}: backup`,
      'a backup was killed and still keeps entries from being trimmed',
      'run waytrace backup again, or restart Waytrace: both let go',
    ),
  ]
}
