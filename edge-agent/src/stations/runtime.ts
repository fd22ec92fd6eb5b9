import { eventId } from '@waytrace/standard'
import { tzOffset } from '../events/local-time.ts'
import type { LocalState } from '../local-state.ts'
import type { AgentClock } from '../ports.ts'
import type { Spool } from '../spool.ts'
import { decodeSpoolEntry } from '../spool-entry.ts'
import type { StationConfig } from './config.ts'
import { NEW_STATION, type StationEnv, type StationInput, type StationState } from './state.ts'
import { station } from './station.ts'

export interface StationPorts {
  clock: AgentClock
  state: Pick<LocalState, 'stations' | 'outbox' | 'durably'>
  spool: Pick<Spool, 'append' | 'read' | 'last' | 'mark'>
  gln: string
  timezone: string
}

/** A station that survives its process. */
export interface LiveStation {
  /** Takes inputs one after the other; resolves when the events are in the spool. */
  take(input: StationInput): Promise<void>
  /** Lets overdue operators and packages time out. */
  tick(): Promise<void>
  readonly state: StationState
}

/** So far back the spool is searched for events that a killed process may have appended. */
const RECOVERY_ENTRIES = 1000

/**
 * One input is kept in this order: (1) the new state and its events, with their ids, in one transaction; (2) the events
 * in the spool; (3) the outbox is emptied, together with what the spool stamped. A crash before (1) loses an input
 * that nobody was told was taken; one after it repeats (2) with the same ids, which the spool's tail or ingest's
 * dedupe absorbs. So nothing is lost and nothing is counted twice.
 */
export async function liveStation(config: StationConfig, ports: StationPorts): Promise<LiveStation> {
  const { clock, spool } = ports
  const { stations, outbox, durably } = ports.state
  const env: StationEnv = {
    config,
    gln: ports.gln,
    tzOffset: tzOffset(config.timezone ?? ports.timezone),
    newId: eventId,
  }
  let state = stations.get(config.id) ?? NEW_STATION
  let line: Promise<unknown> = recover()

  async function recover(): Promise<void> {
    const left = outbox.get(config.id)
    if (left === undefined) return
    const there = new Set<string>()
    for (const { bytes } of spool.read(Math.max(spool.mark, spool.last - RECOVERY_ENTRIES), RECOVERY_ENTRIES)) {
      const { id, data } = JSON.parse(decodeSpoolEntry(bytes).json.toString('utf8')) as SpooledEvent
      there.add(`${id} ${data.errorDeclaration?.declarationTime ?? ''}`)
    }
    const missing = left.filter(({ event }) => {
      const { errorDeclaration } = event.data as SpooledEvent['data']
      return !there.has(`${event.id} ${errorDeclaration?.declarationTime ?? ''}`)
    })
    await settle(await spool.append(missing))
  }

  async function settle(stamps: Awaited<ReturnType<Spool['append']>>): Promise<void> {
    state = station(env, state, { kind: 'stamped', stamps }).state
    // Not awaited: found again after a crash, it is only done twice.
    durably(() => {
      void stations.put(config.id, state)
      void outbox.remove(config.id)
    }).catch(() => undefined)
  }

  async function run(input: StationInput): Promise<void> {
    const result = station(env, state, input)
    if (result.state === state && result.drafts.length === 0) return
    state = result.state
    const { drafts } = result
    await durably(() => {
      void stations.put(config.id, state)
      if (drafts.length > 0) void outbox.put(config.id, drafts)
    })
    if (drafts.length > 0) await settle(await spool.append(drafts))
  }

  function take(input: StationInput): Promise<void> {
    const done = line.then(() => run(input))
    line = done.catch(() => undefined)
    return done
  }

  await line
  return {
    take,
    tick: () => take({ kind: 'tick', at: clock.now() }),
    get state() {
      return state
    },
  }
}

interface SpooledEvent {
  id: string
  data: { errorDeclaration?: { declarationTime?: string } }
}
