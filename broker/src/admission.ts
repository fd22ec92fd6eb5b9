/** One publish on its way to the disk. */
export interface Waiting {
  /** Whose it is: its own order is kept, and its share bounded. */
  client: object
  size: number
  /** Starts the write; calls `done` when it is on disk or has failed. */
  run(done: () => void): void
}

export interface Admission {
  submit(item: Waiting): void
  /** Forgets what a closed client still waits with: nobody was told it was taken. */
  drop(client: object): void
  readonly waiting: number
  readonly pendingBytes: number
}

interface Share {
  running: number
  queue: Waiting[]
}

/**
 * Bounds what is handed to the journal: `inFlight` items of each client and `pendingBytes` of all. A client at its own
 * bound waits for itself; when the journal stands still, all wait in the order they came. What waits is bounded too,
 * because the broker reads no further from a socket whose messages are not done.
 */
export function admission({ inFlight, pendingBytes }: { inFlight: number; pendingBytes: number }): Admission {
  const shares = new Map<object, Share>()
  /** Items that wait for room among all, oldest first; a Set so that dropping is cheap. */
  const line = new Set<Waiting>()
  let pending = 0
  let queued = 0

  function shareOf(client: object): Share {
    const share = shares.get(client) ?? { running: 0, queue: [] }
    shares.set(client, share)
    return share
  }

  function admit(item: Waiting, share: Share): void {
    share.running++
    if (line.size > 0 || (pending > 0 && pending + item.size > pendingBytes)) line.add(item)
    else start(item, share)
  }

  function start(item: Waiting, share: Share): void {
    pending += item.size
    let finished = false
    item.run(() => {
      if (finished) return
      finished = true
      pending -= item.size
      release(item.client, share)
      advance()
    })
  }

  function release(client: object, share: Share): void {
    share.running--
    const next = share.queue.shift()
    if (next !== undefined) {
      queued--
      admit(next, share)
    } else if (share.running === 0) shares.delete(client)
  }

  function advance(): void {
    for (const item of line) {
      if (pending > 0 && pending + item.size > pendingBytes) return
      line.delete(item)
      start(item, shareOf(item.client))
    }
  }

  return {
    submit(item) {
      const share = shareOf(item.client)
      if (share.running < inFlight && share.queue.length === 0) return admit(item, share)
      share.queue.push(item)
      queued++
    },
    drop(client) {
      const share = shares.get(client)
      if (share === undefined) return
      queued -= share.queue.length
      share.queue = []
      for (const item of line)
        if (item.client === client) {
          line.delete(item)
          share.running--
        }
      if (share.running === 0) shares.delete(client)
    },
    get waiting() {
      return queued + line.size
    },
    get pendingBytes() {
      return pending
    },
  }
}
