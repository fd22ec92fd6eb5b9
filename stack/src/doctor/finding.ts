import type { Clock } from '@waytrace/standard/process'
import type { WaytraceConfig } from '../config.ts'
import type { ReadableData } from './readable-data.ts'

/** One line of the doctor. */
export interface Finding {
  what: string
  /** `act`: something needs doing; `note`: worth knowing. */
  state: 'ok' | 'note' | 'act'
  found: string
  /** What to do next; with `act` always there. */
  next?: string
}

/** What checks look at. They change nothing. */
export interface Patient {
  config: WaytraceConfig
  clock: Clock
  /** Absent when there is no data folder yet. */
  data: ReadableData | undefined
}

/** One question to the installation. What it throws becomes a finding too. */
export type Check = (patient: Patient) => Finding[] | Promise<Finding[]>

export const ok = (what: string, found: string): Finding => ({ what, state: 'ok', found })
export const note = (what: string, found: string, next?: string): Finding => ({
  what,
  state: 'note',
  found,
  ...(next === undefined ? {} : { next }),
})
export const act = (what: string, found: string, next: string): Finding => ({ what, state: 'act', found, next })
