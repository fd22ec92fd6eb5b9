import { createHash } from 'node:crypto'
import { dedupKey, type WaytraceEvent } from '@waytrace/standard'
import type { IngestState } from '../state.ts'

/** An event's place in the dedupe set. */
interface Token {
  bucket: number
  /** 11 bytes in hex. */
  tail: string
}

interface Bucket {
  source: number
  number: number
  tails: Set<string>
  /** The chunk that grows, and what of it is on disk. */
  chunk: number
  stored: Buffer
  staged: string[]
  /** Batches that are not on disk yet: such a bucket stays in memory. */
  pending: number
}

/** The changes of one batch. */
export interface Sealed {
  /** Puts them; call inside the state's transaction, in the order of sealing. */
  write(): void
  /** The transaction is on disk. */
  written(): void
}

export interface DedupeSet {
  /** Whether the event was never seen; takes it as seen until `discard`. */
  take(event: WaytraceEvent): boolean
  /** What was taken since the last seal, as one step: batches overlap, and each must write its own ids only. */
  seal(): Sealed
  /** Forgets everything that is not on disk. */
  discard(): void
}

const UUID_V7 = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/
const TAIL_BYTES = 11
/** A chunk that has reached this is closed: about 90 ids, well below an LMDB page. */
const CHUNK_BYTES = 1000
/** Ids kept in memory, about 100 bytes each. */
const CACHED_IDS = 300_000
/** Hashed ids have buckets of their own beyond those of time. */
const HASHED = 2 ** 40

/**
 * Every accepted event's key, exactly, at a fraction of an LMDB put per event (one put costs 9 us, measured). A UUIDv7
 * begins with its milliseconds, so ids of one source are packed by buckets of 4.096 s: live events of an agent meet in
 * one bucket, which is read once and then grows in memory and by one put per batch. Other ids, and restatements, are
 * packed by their SHA-256 (108 bits of it are kept).
 */
export function dedupeSet({ ids, sources }: Pick<IngestState, 'ids' | 'sources'>): DedupeSet {
  let sourceNumbers = new Map<string, number>()
  let newSources = new Map<string, number>()
  const buckets = new Map<string, Bucket>()
  let changed = new Set<Bucket>()
  let cached = 0
  let nextSource = nextNumber()

  function nextNumber(): number {
    let next = 1
    for (const { value } of sources.getRange()) next = Math.max(next, value + 1)
    return next
  }

  function sourceNumber(source: string): number {
    const known = sourceNumbers.get(source)
    if (known !== undefined) return known
    let number = sources.get(source)
    if (number === undefined) {
      number = nextSource++
      newSources.set(source, number)
    }
    sourceNumbers.set(source, number)
    return number
  }

  function bucketOf(source: number, number: number): Bucket {
    const key = `${source} ${number}`
    const known = buckets.get(key)
    if (known !== undefined) return known
    const bucket: Bucket = {
      source,
      number,
      tails: new Set(),
      chunk: 0,
      stored: Buffer.alloc(0),
      staged: [],
      pending: 0,
    }
    const range = {
      start: [source, number, 0] as [number, number, number],
      end: [source, number + 1, 0] as [number, number, number],
    }
    for (const { key: found, value } of ids.getRange(range)) {
      for (let at = 0; at < value.length; at += TAIL_BYTES) bucket.tails.add(value.toString('hex', at, at + TAIL_BYTES))
      bucket.chunk = found[2]
      // Copied: the range's buffers belong to LMDB's map.
      bucket.stored = Buffer.from(value)
    }
    cached += bucket.tails.size
    buckets.set(key, bucket)
    return bucket
  }

  function grow(bucket: Bucket, added: Buffer): void {
    if (bucket.stored.length >= CHUNK_BYTES) {
      bucket.chunk++
      bucket.stored = added
    } else bucket.stored = Buffer.concat([bucket.stored, added])
    void ids.put([bucket.source, bucket.number, bucket.chunk], bucket.stored)
  }

  /** Oldest first; buckets that are not on disk yet stay. */
  function evict(): void {
    for (const [key, bucket] of buckets) {
      if (cached <= CACHED_IDS) return
      if (bucket.pending > 0 || bucket.staged.length > 0) continue
      cached -= bucket.tails.size
      buckets.delete(key)
    }
  }

  return {
    take(event) {
      const { bucket: number, tail } = tokenOf(event)
      const bucket = bucketOf(sourceNumber(event.source), number)
      if (bucket.tails.has(tail)) return false
      bucket.tails.add(tail)
      bucket.staged.push(tail)
      changed.add(bucket)
      cached++
      return true
    },
    seal() {
      const added = [...changed].map((bucket) => ({ bucket, tails: bucket.staged }))
      const named = newSources
      for (const { bucket } of added) {
        bucket.staged = []
        bucket.pending++
      }
      changed = new Set()
      newSources = new Map()
      return {
        write() {
          for (const [source, number] of named) void sources.put(source, number)
          for (const { bucket, tails } of added) grow(bucket, Buffer.from(tails.join(''), 'hex'))
        },
        written() {
          for (const { bucket } of added) bucket.pending--
          evict()
        },
      }
    },
    discard() {
      sourceNumbers = new Map()
      newSources = new Map()
      buckets.clear()
      changed = new Set()
      cached = 0
      nextSource = nextNumber()
    },
  }
}

function tokenOf(event: WaytraceEvent): Token {
  const { id } = event
  const restated = 'errorDeclaration' in event.data && event.data.errorDeclaration !== undefined
  if (!restated && UUID_V7.test(id)) {
    // 36 of the 48 bits of milliseconds; the version digit says nothing.
    const bucket = Number.parseInt(id.slice(9, 17) + id.charAt(18), 16)
    return { bucket, tail: id.slice(19, 22) + id.slice(24, 27) + id.slice(28, 32) + id.slice(33) }
  }
  const hash = createHash('sha256').update(dedupKey(event)).digest()
  return { bucket: HASHED + (hash.readUIntBE(0, 3) % 2 ** 20), tail: hash.toString('hex', 3, 3 + TAIL_BYTES) }
}
