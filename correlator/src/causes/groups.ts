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
  /** Chance that a given group of this level fails within a window. */
  prior: number
  /** How large a share of its orders a failing group alarms. */
  reach: readonly number[]
}

/** Start values; to be replaced from confirmed incidents. */
export const BELIEFS: Readonly<Record<string, LevelBelief>> = {
  sensor: { prior: 4e-4, reach: [0.5, 0.65, 0.8, 0.95, 1] },
  truck: { prior: 2e-3, reach: [0.3, 0.5, 0.7, 0.9] },
  vehicle: { prior: 2e-3, reach: [0.3, 0.5, 0.7, 0.9] },
  reefer: { prior: 2e-3, reach: [0.3, 0.5, 0.7, 0.9] },
  room: { prior: 1e-3, reach: [0.3, 0.5, 0.7, 0.9] },
  dock: { prior: 5e-4, reach: [0.3, 0.5, 0.7, 0.9] },
  leg: { prior: 5e-4, reach: [0.2, 0.35, 0.5, 0.7] },
  carrier: { prior: 2e-4, reach: [0.2, 0.35, 0.5, 0.7] },
  region: { prior: 1e-3, reach: [0.12, 0.2, 0.35, 0.5] },
  firmware: { prior: 5e-4, reach: [0.12, 0.2, 0.35, 0.5] },
  gateway: { prior: 1e-3, reach: [0.5, 0.7, 0.9, 1] },
  lot: { prior: 2e-4, reach: [0.2, 0.35, 0.5, 0.7, 0.9] },
}

/** For levels nobody told us of: rare, of any reach. */
export const ANY_LEVEL: LevelBelief = { prior: 5e-4, reach: [0.15, 0.3, 0.5, 0.7, 0.9] }
