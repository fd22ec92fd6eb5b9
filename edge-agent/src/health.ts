import type { DeadLetters } from './dead-letters.ts'
import { healthEvent, type SelfPorts } from './events/own-facts.ts'
import type { AgentClock, EventDraft } from './ports.ts'
import type { Presence } from './presence.ts'
import type { Spool } from './spool.ts'
import type { Uplink } from './uplink/mqtt.ts'

export interface HealthPorts {
  clock: AgentClock
  self: SelfPorts
  spool: Pick<Spool, 'stats'>
  letters: Pick<DeadLetters, 'count'>
  here: Pick<Presence, 'bootid' | 'states'>
  uplink: () => Pick<Uplink, 'stats'>
}

/** A spool this full is worth a warning: there is still time to act. */
const NEARLY_FULL = 0.8

/** The agent's state of health, for the event each minute and for `ping`. */
export function healthReporter({ clock, self, spool, letters, here, uplink }: HealthPorts) {
  let cpu = process.cpuUsage()
  let upSince = process.uptime()
  let lettersTold = letters.count
  let droppedTold = spool.stats().dropped

  function body(clockOffsetMs = 0) {
    const { depth, bytes, maxBytes, dropped, full } = spool.stats()
    const { connected } = uplink().stats()
    const reasons: string[] = []
    if (!connected) reasons.push('no connection to the broker: check network and credential; events are kept')
    if (full === 'disk') reasons.push('the disk is full: free space; devices wait meanwhile')
    else if (full === 'bytes') reasons.push('the spool is full: restore the uplink; devices wait meanwhile')
    else if (bytes > maxBytes * NEARLY_FULL) reasons.push('the spool is nearly full: restore the uplink')
    if (dropped > droppedTold) reasons.push('the spool dropped its oldest events: see the gap event')
    if (letters.count > lettersTold)
      reasons.push('frames or events were refused: look at the dead letters of the agent')
    const down = [...here.states()].filter(([, { state }]) => state === 'disconnected').map(([slug]) => slug)
    if (down.length > 0) reasons.push(`devices disconnected: ${down.slice(0, 20).join(', ')}`)
    return {
      state: reasons.length === 0 ? ('ok' as const) : ('degraded' as const),
      bootid: here.bootid,
      ...(reasons.length > 0 && { reasons }),
      spoolDepth: depth,
      spoolBytes: bytes,
      dropped,
      deadLettered: letters.count,
      clockOffsetMs,
      ...load(),
    }
  }

  function load() {
    const used = process.cpuUsage(cpu)
    const seconds = Math.max(0.001, process.uptime() - upSince)
    return {
      cpuPercent: Math.round((used.user + used.system) / 1e4 / seconds),
      memoryBytes: process.memoryUsage.rss(),
    }
  }

  return {
    body,
    event(clockOffsetMs: number): EventDraft {
      const data = body(clockOffsetMs)
      cpu = process.cpuUsage()
      upSince = process.uptime()
      lettersTold = letters.count
      droppedTold = data.dropped
      return healthEvent(clock.now(), data, self)
    },
  }
}
