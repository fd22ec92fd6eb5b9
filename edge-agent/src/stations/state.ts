import type { Scan } from '@waytrace/devices'
import type { EventDraft, Stamp } from '../ports.ts'
import type { StationConfig } from './config.ts'

/** The scanner a symbol came from, and the driver that read it (`model/version`). */
export interface ScanSource {
  slug: string
  urn: string
  kind: string
  driver: string
}

export type StationInput =
  | { kind: 'scan'; scan: Scan; from: ScanSource }
  /** Time passes: what is overdue times out. UTC ms. */
  | { kind: 'tick'; at: number }
  /** The spool stamped the last event: its restatement repeats these. */
  | { kind: 'stamped'; stamps: readonly Stamp[] }

export interface Quantity {
  epcClass: string
  quantity?: number
}

/** What labels said of the things gathered. */
export interface LabelFacts {
  limits?: { minC?: number; maxC?: number }
  window?: { notBefore?: string; notAfter?: string }
}

/** The open package or vehicle, and what went into it while it was open. */
export interface OpenParent {
  epc: string
  openedAt: number
  lastAt: number
  epcs: string[]
  quantities: Quantity[]
  orders: string[]
  facts: LabelFacts
  scan: Scan
  from: ScanSource
  /** Vehicles: packages leave instead of entering. */
  unloading?: boolean
}

export interface LastItem {
  epcs: string[]
  orders: string[]
  at: number
  scan: Scan
}

/** All a station knows; JSON, persisted with every change. Times are UTC ms. */
export interface StationState {
  operator?: { id: string; since: number; lastAt: number }
  parent?: OpenParent
  /** `WT:OPEN` was scanned: the next SSCC or vehicle opens. */
  opening?: boolean
  /** An order scanned by itself, for the items that follow. */
  order?: { uri: string; at: number }
  /** A shelf or bin scanned by itself, for the items that follow. */
  location?: { id: string; at: number }
  count?: { epcs: string[]; quantities: Quantity[]; orders: string[]; since: number }
  /** Plain codes bound to order URIs at this station. */
  bindings: Record<string, string>
  binding?: { code?: string; order?: string; at: number }
  /** An exception reason waiting for its item. */
  armed?: { reason: string; at: number }
  lastItem?: LastItem
  undo?: { at: number; drafts: EventDraft[]; stamps: Stamp[]; before: StationState }
  recent: { raw: string; at: number }[]
}

/** What a station may use besides its state. All pure but `newId`. */
export interface StationEnv {
  config: StationConfig
  /** GLN of the party that issues the order numbers. */
  gln: string
  tzOffset: (atMs: number) => string
  /** A fresh event id for this time: given at once, so that an undo can repeat it. */
  newId: (atMs: number) => string
}

export interface StationResult {
  state: StationState
  drafts: EventDraft[]
}

export const NEW_STATION: StationState = { bindings: {}, recent: [] }

/** The state without these parts. */
export function without(state: StationState, ...keys: (keyof Omit<StationState, 'bindings' | 'recent'>)[]) {
  const rest: StationState = { ...state }
  for (const key of keys) delete rest[key]
  return rest
}
