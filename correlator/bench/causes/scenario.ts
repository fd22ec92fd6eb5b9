import type { Order } from './world.ts'

/** One thing the engine is told. */
export interface Note {
  at: number
  order: string
  what: 'seen' | 'alarm'
}

/** A labelled window: orders with their recorded groups, what was noticed in order of arrival, and what truly failed. */
export interface Scenario {
  orders: Order[]
  notes: Note[]
  /** When the question is asked, in ms. */
  now: number
  /** When the faults began. */
  since: number
  truth: string[]
}

export const MINUTE = 60_000
export const KIND = 'temperature'
