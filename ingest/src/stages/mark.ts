import type { Mark } from '../ports.ts'
import type { IngestState, SpoolMark } from '../state.ts'

/** The changes of one batch. */
export interface SealedMarks {
  /** Puts them; call inside the state's transaction, in the order of sealing. */
  write(): void
  /** The marks that moved: to be published once they are on disk. */
  moved: Mark[]
}

export interface Marks {
  /** This place was taken: accepted, known already, or dead-lettered. */
  pass(site: string, agent: string, spool: string, from: number, to?: number): void
  /** What changed since the last seal, as it stands now. */
  seal(): SealedMarks
  discard(): void
  /** The newest mark of an agent. */
  of(site: string, agent: string): Mark | undefined
  /** The newest mark of every agent. */
  all(): Mark[]
}

/** More holes than this in one spool are not remembered: the sender repeats what lies beyond, and is told so by no mark. */
const MAX_RANGES = 5000
/** Spools of one agent: each new disk makes one. */
const MAX_SPOOLS = 8

/** The contiguous mark of every spool (`{spool, sequence}` per agent), kept through restarts. */
export function marks({ marks: table }: Pick<IngestState, 'marks'>, now: () => number): Marks {
  let agents = load()
  const changed = new Map<string, { site: string; agent: string; spool: string; moved: boolean }>()
  let forgotten: [string, string, string][] = []

  function load() {
    const found = new Map<string, Map<string, SpoolMark>>()
    for (const { key, value } of table.getRange()) {
      const [site, agent, spool] = key
      const spools = found.get(`${site}/${agent}`) ?? new Map<string, SpoolMark>()
      found.set(`${site}/${agent}`, spools.set(spool, value))
    }
    return found
  }

  function spoolOf(key: string, site: string, agent: string, spool: string): SpoolMark {
    const spools = agents.get(key) ?? new Map<string, SpoolMark>()
    agents.set(key, spools)
    const known = spools.get(spool)
    if (known !== undefined) return known
    if (spools.size >= MAX_SPOOLS) {
      const [oldest] = [...spools].sort(([, a], [, b]) => a.usedAt - b.usedAt)
      if (oldest !== undefined) {
        spools.delete(oldest[0])
        changed.delete(`${key} ${oldest[0]}`)
        forgotten.push([site, agent, oldest[0]])
      }
    }
    const made: SpoolMark = { contiguous: 0, ranges: [], usedAt: 0 }
    spools.set(spool, made)
    return made
  }

  return {
    pass(site, agent, spool, from, to = from) {
      const key = `${site}/${agent}`
      const mark = spoolOf(key, site, agent, spool)
      const before = mark.contiguous
      advance(mark, from, to)
      // A spool that begins in its middle: its agent knows an earlier centre, and must hear how little this one has.
      const unheardOf = mark.usedAt === 0 && from > 1
      mark.usedAt = now()
      const name = `${key} ${spool}`
      const entry = changed.get(name)
      // A duplicate says that the sender has not heard the mark: it is told again.
      const moved = mark.contiguous !== before || to <= before || unheardOf
      if (entry === undefined) changed.set(name, { site, agent, spool, moved })
      else entry.moved ||= moved
    },
    seal() {
      const gone = forgotten
      const kept: { key: [string, string, string]; mark: SpoolMark }[] = []
      const moved: Mark[] = []
      for (const { site, agent, spool, moved: told } of changed.values()) {
        const mark = agents.get(`${site}/${agent}`)?.get(spool)
        if (mark === undefined) continue
        const ranges = mark.ranges.map(([from, to]): [number, number] => [from, to])
        kept.push({ key: [site, agent, spool], mark: { ...mark, ranges } })
        if (told) moved.push({ site, agent, spool, sequence: digits(mark.contiguous) })
      }
      changed.clear()
      forgotten = []
      return {
        moved,
        write() {
          for (const key of gone) void table.remove(key)
          for (const { key, mark } of kept) void table.put(key, mark)
        },
      }
    },
    discard() {
      agents = load()
      changed.clear()
      forgotten = []
    },
    of(site, agent) {
      return newest(site, agent, agents.get(`${site}/${agent}`))
    },
    all() {
      return [...agents].flatMap(([key, spools]) => {
        const [site = '', agent = ''] = key.split('/')
        return newest(site, agent, spools) ?? []
      })
    },
  }
}

/** Takes `from..to` and swallows the ranges that now join. */
export function advance(mark: SpoolMark, from: number, to: number): void {
  if (to <= mark.contiguous) return
  if (from > mark.contiguous + 1) return void insert(mark.ranges, from, to)
  mark.contiguous = to
  let joined = 0
  for (const [start, end] of mark.ranges) {
    if (start > mark.contiguous + 1) break
    mark.contiguous = Math.max(mark.contiguous, end)
    joined++
  }
  if (joined > 0) mark.ranges.splice(0, joined)
}

/** Ranges stay sorted, disjoint and apart by at least one. Mostly the last one grows. */
function insert(ranges: [number, number][], from: number, to: number): void {
  let at = ranges.length
  while (at > 0 && (ranges[at - 1]?.[0] ?? 0) > from) at--
  const before = ranges[at - 1]
  let range: [number, number]
  if (before !== undefined && before[1] >= from - 1) {
    before[1] = Math.max(before[1], to)
    range = before
  } else {
    if (ranges.length >= MAX_RANGES) return
    range = [from, to]
    ranges.splice(at, 0, range)
    at++
  }
  let joined = 0
  for (let next = ranges[at]; next !== undefined && next[0] <= range[1] + 1; next = ranges[at + joined]) {
    range[1] = Math.max(range[1], next[1])
    joined++
  }
  if (joined > 0) ranges.splice(at, joined)
}

function newest(site: string, agent: string, spools: Map<string, SpoolMark> | undefined): Mark | undefined {
  let found: Mark | undefined
  let usedAt = -1
  for (const [spool, mark] of spools ?? [])
    if (mark.usedAt > usedAt) {
      usedAt = mark.usedAt
      found = { site, agent, spool, sequence: digits(mark.contiguous) }
    }
  return found
}

function digits(sequence: number): string {
  return String(sequence).padStart(20, '0')
}
