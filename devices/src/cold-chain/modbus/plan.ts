import { type RegisterEntry, readsBits, width } from './map.ts'

/** One read request: `count` registers (functions 3, 4) or bits (1, 2) from `start` on. */
export interface ReadBlock {
  function: 1 | 2 | 3 | 4
  start: number
  count: number
}

/** MODBUS Application Protocol V1.1b3, 6.1 and 6.3: at most 2000 bits or 125 registers a request. */
const MOST_BITS = 2000
const MOST_REGISTERS = 125

export interface PlanLimits {
  /** Registers nobody asked for that are read rather than starting a new request. Default 0: some devices refuse gaps. */
  maxGap?: number
  /** Registers a request, where the device takes fewer than the protocol. */
  maxCount?: number
}

/** The fewest requests, in order of function and address, that read every entry of the map and split none. */
export function planBlocks(map: readonly RegisterEntry[], { maxGap = 0, maxCount }: PlanLimits = {}): ReadBlock[] {
  const blocks: ReadBlock[] = []
  const sorted = [...map].sort((a, b) => a.function - b.function || a.address - b.address)
  for (const entry of sorted) {
    const most = Math.min(maxCount ?? Number.POSITIVE_INFINITY, readsBits(entry.function) ? MOST_BITS : MOST_REGISTERS)
    const last = blocks.at(-1)
    const end = entry.address + width(entry)
    const joins =
      last?.function === entry.function &&
      entry.address - (last.start + last.count) <= maxGap &&
      end - last.start <= most
    if (joins) last.count = Math.max(last.count, end - last.start)
    else blocks.push({ function: entry.function, start: entry.address, count: end - entry.address })
  }
  return blocks
}
