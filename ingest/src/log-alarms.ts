import { encodeLogRecord, type Journal } from '@waytrace/standard/journal'
import type { Timer } from '@waytrace/standard/process'
import type { IngestPorts } from './ports.ts'
import { nameId, ownFact } from './stages/own-fact.ts'

const LOOK_MS = 1000
/** Cleared this far below the limit, so that an alarm does not flap. */
const HYSTERESIS_PERCENT = 10

interface Watched {
  name: 'log' | 'journal'
  journal: Journal
  raisedAt?: number
  raised?: boolean
}

/**
 * Watches the fill of log and raw journal: a full one makes publishers wait, which someone has to know. The alarm is
 * appended while there is still room; at a full disk it waits with everything else and says so afterwards.
 */
export function logAlarms(
  { deployment, logFullPercent }: { deployment: string; logFullPercent: number },
  { journal, log, clock, logger }: Pick<IngestPorts, 'journal' | 'log' | 'clock' | 'logger'>,
) {
  const watched: Watched[] = [
    { name: 'log', journal: log },
    { name: 'journal', journal },
  ]
  let timer: Timer | undefined
  let spool = ''
  let written: Promise<unknown> = Promise.resolve()

  function fill({ journal: one }: Watched): { percent: number; waits: boolean } {
    const { bytes, maxBytes, full } = one.stats()
    return { percent: Math.floor((100 * bytes) / maxBytes), waits: full !== undefined }
  }

  function look(): void {
    for (const one of watched) {
      const { percent, waits } = fill(one)
      if (!one.raised && (waits || percent >= logFullPercent)) tell(one, true, percent)
      else if (one.raised && !waits && percent < logFullPercent - HYSTERESIS_PERCENT) tell(one, false, percent)
    }
  }

  function tell(one: Watched, raised: boolean, percent: number): void {
    const now = clock.now()
    one.raised = raised
    if (raised) one.raisedAt = now
    const since = new Date(one.raisedAt ?? now).toISOString()
    const source = `urn:waytrace:${deployment}:ingest`
    const message = raised
      ? `The ${one.name} is ${percent} % full; when it is full, publishers wait. Free disk space or let the slow consumer catch up.`
      : `The ${one.name} has room again.`
    const alarmId = nameId(source, one.name, since)
    const event = ownFact(
      {
        id: nameId(alarmId, raised ? 'raised' : 'cleared'),
        type: 'waytrace.alarm.v1',
        source,
        severitynumber: raised ? 17 : 9,
        data: {
          alarmId,
          kind: 'log-full',
          entity: `${source}:${one.name}`,
          state: raised ? 'raised' : 'cleared',
          since,
          severity: 'error',
          message,
        },
      },
      now,
      `${spool}-alarms`,
    )
    logger.warn({ what: one.name, percent, raised }, raised ? 'a journal fills up' : 'a journal has room again')
    written = log
      .append(encodeLogRecord({ receivedAt: now, site: 'centre', agent: 'ingest', event }))
      .catch((err: unknown) => logger.error({ err }, 'an alarm was not written'))
  }

  return {
    start(own: string): void {
      spool = own
      timer = clock.every(LOOK_MS, look)
    },
    stop(): void {
      timer?.cancel()
    },
    /** Resolves when the last alarm is on disk. */
    settled: () => written,
    reasons(): string[] {
      return watched.flatMap((one) => {
        const { percent, waits } = fill(one)
        if (waits)
          return [`The ${one.name} is full: publishers wait. Free disk space or let the slow consumer catch up.`]
        return one.raised ? [`The ${one.name} is ${percent} % full.`] : []
      })
    },
  }
}
