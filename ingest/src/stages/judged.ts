import type { OpsError } from '@waytrace/standard'

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
