import type { Issue, OpsError, WaytraceEvent } from '@waytrace/standard'

/** An event that passed the stages so far, with whose it is. */
export interface Accepted {
  receivedAt: number
  site: string
  agent: string
  event: WaytraceEvent
}

/** What could not be taken, with its bytes. */
export interface Refused {
  error: OpsError
  payload: Uint8Array
}

/** Where an event stood in its spool: known for refused ones too, when they could be read that far. */
export interface Place {
  spool: string
  sequence: number
}

export type { Issue }
