/**
 * A risk group: anything orders can share. Written `level:id`, such as `truck:urn:waytrace:site1:truck7`; the level
 * ends at the first colon.
 */
export type GroupName = string

export function levelOf(group: GroupName): string {
  const end = group.indexOf(':')
  return end < 0 ? group : group.slice(0, end)
}

/** What is believed of groups of one level before any alarm. */
export interface LevelBelief {
  /**
   * Faults expected in the whole level over one window in which something is wrong, shared by its groups: where there
   * are four times as many sensors as trucks, a given sensor is four times less likely the culprit than a given truck.
   */
  rate: number
  /** How large a share of its orders a failing group alarms. */
  reach: readonly number[]
}

const NARROW = [0.35, 0.5, 0.65, 0.8, 0.95, 1]
const MIDDLE = [0.25, 0.4, 0.55, 0.7, 0.9]
const WIDE = [0.12, 0.2, 0.3, 0.45, 0.6]
/** Start values; to be replaced from confirmed incidents. */
export const BELIEFS: Readonly<Record<string, LevelBelief>> = {
  sensor: { rate: 0.16, reach: NARROW },
  gateway: { rate: 0.1, reach: NARROW },
  truck: { rate: 0.2, reach: MIDDLE },
  vehicle: { rate: 0.2, reach: MIDDLE },
  reefer: { rate: 0.2, reach: MIDDLE },
  room: { rate: 0.1, reach: MIDDLE },
  dock: { rate: 0.05, reach: MIDDLE },
  leg: { rate: 0.05, reach: WIDE },
  region: { rate: 0.05, reach: WIDE },
  firmware: { rate: 0.05, reach: WIDE },
  carrier: { rate: 0.03, reach: WIDE },
}

/** For levels nobody told us of. */
export const ANY_LEVEL: LevelBelief = { rate: 0.1, reach: [0.15, 0.3, 0.5, 0.7, 0.9] }

/** No group is believed guilty before the alarms speak. */
const MOST_SUSPECT = 0.05

export const priorOf = (belief: LevelBelief, groupsOfLevel: number): number =>
  Math.min(MOST_SUSPECT, belief.rate / Math.max(1, groupsOfLevel))
