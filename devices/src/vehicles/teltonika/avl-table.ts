import type { Quantity } from '@waytrace/standard'

/**
 * What one AVL id of one model means. Ids that are not in a model's table stay generic readings, so that nothing
 * the device sent is lost.
 */
export interface AvlEntry {
  kind: Quantity
  /** Which probe, supply or counter; absent when the vehicle has only one. */
  channel?: string
  /** Bytes the device sends; a decoder takes any width, an encoder uses this one. */
  width: 1 | 2 | 4 | 8
  signed?: boolean
  /** The raw integer is divided by this: dividing by 100 keeps 3.05 exact where multiplying by 0.01 does not. */
  divisor?: number
  /** Raw values by which the device says that it has no measurement: of this id only. */
  sentinels?: readonly number[]
  /** Values (after scaling) outside are no measurement: a firmware's unlisted error code, or a broken probe. */
  range?: readonly [min: number, max: number]
}

/** One model family's ids. */
export type AvlTable = ReadonlyMap<number, AvlEntry>

/** Texts in elements of variable length: the trouble codes of the engine and the vehicle's identity. */
export const AVL_FAULT_CODES = 281
export const AVL_VIN: readonly number[] = [256, 325]

export function avlTable(...groups: readonly (readonly [number, AvlEntry])[][]): AvlTable {
  const table = new Map<number, AvlEntry>()
  for (const [id, entry] of groups.flat()) {
    if (table.has(id)) throw new Error(`AVL id ${id} twice in one table`)
    table.set(id, entry)
  }
  return table
}

/** The same entry on consecutive ids, one per probe: channels `name-1`, `name-2`... */
export function probes(
  firstId: number,
  count: number,
  name: string,
  entry: Omit<AvlEntry, 'channel'>,
): [number, AvlEntry][] {
  return Array.from({ length: count }, (_, i) => [firstId + i, { ...entry, channel: `${name}-${i + 1}` }])
}
