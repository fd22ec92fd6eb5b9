/** How a journal is opened. Byte limits count what its blocks hold. */
export interface JournalOptions {
  /** Folder of the LMDB environment; made if missing. */
  path: string
  /** Full at this many bytes. */
  maxBytes: number
  /** Free bytes of the file system that a flush must leave (LMDB aborts on a full disk). */
  reserveBytes: number
  /** `wait`: appends wait until there is room. `drop-oldest`: only a spool may; drops are counted and reported. */
  onFull: 'wait' | 'drop-oldest'
  /** A block is written at this size at the latest, default 64 kB. */
  blockBytes?: number
  /** Called with the range a full spool dropped, before the append that needed the room resolves. */
  onDrop?: (range: { from: number; to: number; count: number }) => void
}

export interface JournalStats {
  /** Position of the oldest kept and of the newest durable entry; `last` is 0 when nothing was ever appended. */
  first: number
  last: number
  bytes: number
  maxBytes: number
  dropped: number
  /** Bytes given to `append` in this thread that are not durable yet: the caller's bound on memory. */
  waitingBytes: number
  /** Why appends wait now, if they do. */
  full?: 'bytes' | 'disk'
  cursors: Record<string, { position: number; required: boolean }>
}

export interface Entry {
  /** Counts from 1 without gaps, in append order. */
  position: number
  bytes: Uint8Array
}

/** A durable reading place. Required cursors hold entries back from trimming; expendable ones may be overtaken. */
export interface Cursor {
  readonly name: string
  /** The last entry this consumer is done with; 0 before the first. */
  readonly position: number
  /**
   * Entries after the cursor (or after `after`) in order, at most `max`; empty when there are none. Views into a block,
   * valid as long as they are kept. Does not move the cursor. Of an overtaken cursor, begins at the oldest kept entry.
   */
  read(max: number, after?: number): Entry[]
  /** Durably done with everything up to `position`; resolves once that is on disk. Never moves back. */
  commit(position: number): Promise<void>
  /** For an expendable cursor that was overtaken: how many entries are gone, and moves to the oldest kept. */
  skipLost(): number
}

/**
 * The durable queue on LMDB: used as spool, journal and log. Several processes and threads may open one folder;
 * append positions are allocated inside the write transaction.
 */
export interface Journal {
  /** Resolves with the entry's position when it is on disk (group flush), not before. */
  append(bytes: Uint8Array): Promise<number>
  /** Appends in order as neighbours; resolves with the position of the first. */
  appendAll(entries: readonly Uint8Array[]): Promise<number>
  /** The cursor of that name; a new one begins at the oldest kept entry. */
  cursor(name: string, options: { required: boolean }): Promise<Cursor>
  dropCursor(name: string): Promise<void>
  /** Puts a cursor anywhere, also back: for a restored journal that nobody reads yet. Durable when it resolves. */
  placeCursor(name: string, at: { position: number; required: boolean }): Promise<void>
  /** Entries from a position on, without a cursor. */
  read(from: number, max: number): Entry[]
  /**
   * Deletes the whole blocks that every required cursor has passed, keeping entries from `keepFrom` on (retention).
   * Without a required cursor and without `keepFrom` it deletes nothing.
   */
  trim(keepFrom?: number): Promise<void>
  /** Copies the journal as it stands into an empty folder, while others go on; the copy opens as a journal. */
  backup(folder: string): Promise<void>
  /** Calls back soon after entries were appended by anyone, in this process or another. Returns the unsubscribe. */
  onAppend(listener: () => void): () => void
  stats(): JournalStats
  /** Flushes what has room, refuses appends that still wait for it with `JOURNAL_FULL`, and lets the folder go. */
  close(): Promise<void>
}
