import type { PartHealth } from '@waytrace/dashboards'
import type { JournalStats } from '@waytrace/standard/journal'
import type { DataFolder } from '../data-folder.ts'

/** The raw journal and the log as any process that opens the folder sees them: how full, and who is how far behind. */
export function queuesHealth({ rawJournal, acceptedLog }: Pick<DataFolder, 'rawJournal' | 'acceptedLog'>): PartHealth {
  const queues = { journal: rawJournal.stats(), log: acceptedLog.stats() }
  const reasons = Object.entries(queues).flatMap(([name, { bytes, maxBytes }]) => {
    const percent = Math.floor((100 * bytes) / maxBytes)
    return percent < FULL_PERCENT ? [] : [`the ${name} is ${percent} % full; senders wait when it is full`]
  })
  const figures = Object.assign({}, ...Object.entries(queues).map(([name, stats]) => figuresOf(name, stats)))
  return { name: 'queues', state: reasons.length === 0 ? 'ok' : 'degraded', reasons, figures }
}

const FULL_PERCENT = 90

function figuresOf(name: string, { last, bytes, cursors }: JournalStats): Record<string, number> {
  const behind = Object.entries(cursors).map(
    ([cursor, { position }]) => [`${name} behind: ${cursor}`, last - position] as const,
  )
  return { [`${name} last`]: last, [`${name} bytes`]: bytes, ...Object.fromEntries(behind) }
}
