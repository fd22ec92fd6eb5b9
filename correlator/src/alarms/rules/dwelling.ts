import { chanceOfLate, type DwellBook, type DwellKey, dwellThreshold, noteDwell } from '../dwell/dwell-book.ts'
import type { RuleConfig } from './config.ts'
import { type Deadlines, dropDeadline, newDeadlines, setDeadline, takeDue } from './deadlines.ts'
import type { Signal } from './signal.ts'

interface Wait {
  key: DwellKey
  since: number
  told: boolean
}

/** Which order waits where since when. The baselines themselves are in the dwell book. */
export interface DwellingState {
  waits: Record<string, Wait>
  deadlines: Deadlines
}

export const newDwellingState = (): DwellingState => ({ waits: {}, deadlines: newDeadlines() })

/** How long until a wait without a baseline, or one that is not likely to be late yet, is looked at again. */
const LOOK_AGAIN_MS = 5 * 60_000

/**
 * The order reached a stage at `at`: the wait in the one before ends and is learnt. Reached out of order, nothing is learnt.
 */
export function reached(
  state: DwellingState,
  book: DwellBook,
  order: string,
  key: DwellKey,
  at: number,
  config: RuleConfig,
): Signal[] {
  const before = state.waits[order]
  if (before !== undefined && at < before.since) return []
  if (before !== undefined && before.key.stage === key.stage) return []
  const signals = left(state, book, order, at)
  state.waits[order] = { key, since: at, told: false }
  schedule(state, book, order, at, config)
  return signals
}

/** The order's last stage is over (delivered): the wait ends and is learnt. */
export function left(state: DwellingState, book: DwellBook, order: string, at: number): Signal[] {
  const wait = state.waits[order]
  if (wait === undefined || at < wait.since) return []
  delete state.waits[order]
  dropDeadline(state.deadlines, order)
  noteDwell(book, wait.key, at - wait.since)
  if (!wait.told) return []
  const message = `left ${wait.key.stage} after ${minutes(at - wait.since)} min`
  return [{ ...base(order, wait, at), active: false, message, worth: '', details: { ...wait.key } }]
}

export function dwellTimers(state: DwellingState, book: DwellBook, now: number, config: RuleConfig): Signal[] {
  return takeDue(state.deadlines, now).flatMap((order) => {
    const wait = state.waits[order]
    if (wait === undefined) return []
    const threshold = dwellThreshold(book, wait.key)
    const waited = now - wait.since
    const chance = threshold === undefined ? 0 : chanceOfLate(threshold, waited, config.dwell.horizonMs)
    schedule(state, book, order, now, config)
    if (threshold === undefined || chance <= config.dwell.probability) return []
    wait.told = true
    const late = waited >= threshold.thresholdMs
    return [
      {
        ...base(order, wait, now),
        active: true,
        severity: late ? ('error' as const) : ('warning' as const),
        message:
          `${minutes(waited)} min in ${wait.key.stage}, usual are up to ${minutes(threshold.thresholdMs)} min ` +
          `(mean + 2 sigma of ${threshold.n >= 30 ? threshold.n : threshold.leanedOn} waits)`,
        worth: late ? 'over' : 'soon',
        details: { ...wait.key, waitedMs: waited, probability: chance, ...threshold },
      },
    ]
  })
}

function schedule(state: DwellingState, book: DwellBook, order: string, now: number, { dwell }: RuleConfig): void {
  const wait = state.waits[order]
  if (wait === undefined) return
  const threshold = dwellThreshold(book, wait.key)
  if (threshold === undefined) setDeadline(state.deadlines, order, now + LOOK_AGAIN_MS)
  else {
    const over = wait.since + threshold.thresholdMs
    const soon = over - dwell.horizonMs
    // Nothing changes after it is over: the alarm stands until the order moves on.
    if (now < soon) setDeadline(state.deadlines, order, soon)
    else if (now < over) setDeadline(state.deadlines, order, Math.min(over, now + 60_000))
    else if (!wait.told) setDeadline(state.deadlines, order, now)
  }
}

const minutes = (ms: number) => Math.round(ms / 60_000)

function base(entity: string, wait: Wait, at: number) {
  return { kind: 'dwell' as const, entity, at, since: wait.since, severity: 'warning' as const }
}
