import { connect, createServer, type Server, type Socket } from 'node:net'
import { systemClock } from '../process/clock.ts'

/** `up` is from the client to the target. */
export type Direction = 'up' | 'down'

/** A TCP proxy on 127.0.0.1 that misbehaves on command; each command holds for connections old and new. */
export interface FaultProxy {
  port: number
  /** Connections open now. */
  readonly connections: number
  /** Connections ever opened. */
  readonly opened: number
  /** Bytes passed on since the start. */
  readonly bytes: Record<Direction, number>
  /** Forwards again; what a halted connection still holds goes on its way. */
  pass(): void
  /** Forwards each chunk so much later, in order. */
  delay(ms: number): void
  /** Half-open: sockets stay open, nothing is forwarded, no end is told. */
  halt(direction?: Direction | 'both'): void
  /** Ends every connection, and each new one at once. */
  refuse(): void
  /** Ends every connection now; new ones are served. */
  cut(): void
  /** Forwards so many bytes more of the direction, over all connections, then cuts the one they end in. */
  truncate(bytes: number, direction?: Direction): void
  close(): Promise<void>
}

export interface FaultProxyOptions {
  target: { port: number; host?: string }
  /** Default: a free port. */
  port?: number
}

interface Faults {
  delayMs: number
  halted: Record<Direction, boolean>
  refusing: boolean
  left: Record<Direction, number>
}

const clock = systemClock()

/** Starts a proxy before a real service. Begins by passing everything. */
export async function faultProxy({ target, port = 0 }: FaultProxyOptions): Promise<FaultProxy> {
  const faults: Faults = {
    delayMs: 0,
    halted: { up: false, down: false },
    refusing: false,
    left: { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY },
  }
  const bytes = { up: 0, down: 0 }
  let opened = 0
  const pairs = new Set<{ cut(): void; resume(): void }>()

  const server = createServer({ allowHalfOpen: true }, (client) => {
    opened++
    if (faults.refusing) return void client.destroy()
    const upstream = connect({ host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true })
    const cut = () => {
      client.destroy()
      upstream.destroy()
      pairs.delete(pair)
    }
    const up = forward(client, upstream, 'up', faults, bytes, cut)
    const down = forward(upstream, client, 'down', faults, bytes, cut)
    const pair = {
      cut,
      resume: () => {
        up()
        down()
      },
    }
    pairs.add(pair)
  })
  const forget = () => {
    faults.delayMs = 0
    faults.halted = { up: false, down: false }
    faults.refusing = false
    faults.left = { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY }
    for (const pair of pairs) pair.resume()
  }
  const cutAll = () => {
    for (const pair of [...pairs]) pair.cut()
  }
  const listening = await listen(server, port)
  return {
    port: listening,
    bytes,
    get connections() {
      return pairs.size
    },
    get opened() {
      return opened
    },
    pass: forget,
    delay(ms) {
      forget()
      faults.delayMs = ms
    },
    halt(direction = 'both') {
      forget()
      faults.halted = { up: direction !== 'down', down: direction !== 'up' }
    },
    refuse() {
      forget()
      faults.refusing = true
      cutAll()
    },
    cut: cutAll,
    truncate(count, direction = 'up') {
      forget()
      faults.left[direction] = count
    },
    close() {
      cutAll()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** One direction of one connection. Returns what to call when the faults were lifted. */
function forward(
  from: Socket,
  to: Socket,
  direction: Direction,
  faults: Faults,
  bytes: Record<Direction, number>,
  cut: () => void,
): () => void {
  const held: (Buffer | 'end')[] = []
  // Each chunk waits for the one before it, so a delay that is lifted never lets bytes overtake.
  let line = Promise.resolve()

  const write = (chunk: Buffer) => {
    if (faults.halted[direction]) return void held.push(chunk)
    const part = chunk.subarray(0, Math.min(chunk.length, faults.left[direction]))
    faults.left[direction] -= part.length
    bytes[direction] += part.length
    if (part.length === chunk.length) return void to.write(part)
    // `destroy` would throw away what is still in the send buffer.
    to.write(part, () => {
      faults.left[direction] = Number.POSITIVE_INFINITY
      cut()
    })
  }
  const finish = () => {
    if (faults.halted[direction]) held.push('end')
    else to.end()
  }
  const later = (run: () => void) => {
    const wait = faults.delayMs > 0 ? clock.sleep(faults.delayMs) : Promise.resolve()
    line = Promise.all([line, wait]).then(run)
  }
  from.on('data', (chunk) => {
    // A halted network takes no more than a window; then the sender blocks, as it does on a dead link.
    if (faults.halted[direction]) from.pause()
    later(() => write(chunk))
  })
  from.on('end', () => later(finish))
  from.on('error', () => {})
  from.on('close', (hadError) => {
    if (faults.halted.up || faults.halted.down) return
    if (hadError || to.destroyed || to.writableEnded) later(cut)
  })
  return () => {
    for (const item of held.splice(0)) later(item === 'end' ? finish : () => write(item))
    if (from.destroyed) later(cut)
    else from.resume()
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
