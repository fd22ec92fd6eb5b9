import type { Duplex } from 'node:stream'
import { OpsError } from '@waytrace/standard'
import { packetGuard } from './packet-guard.ts'

export interface ConnectionLimits {
  messageBytes: number
  connectBytes: number
  outboundBytes: number
}

export interface GuardedConnection {
  /** The peer has signed in: packets may have their full size. */
  trust(): void
}

/**
 * Stands before the parser of a connection: refuses packets that state too large a size before they are buffered, and
 * ends a subscriber that does not read. Works on the stream's own `read` and `write`, because one more stream between
 * costs a copy of every message.
 */
export function guardConnection(
  conn: Duplex,
  limits: ConnectionLimits,
  refuse: (error: OpsError) => void,
): GuardedConnection {
  const guard = packetGuard(limits.connectBytes)
  let ended = false

  function end(error: OpsError): void {
    if (ended) return
    ended = true
    refuse(error)
    conn.destroy()
  }

  const read = conn.read.bind(conn)
  conn.read = (size?: number) => {
    if (ended) return null
    const chunk: Uint8Array | null = read(size)
    if (chunk === null) return null
    try {
      guard.scan(chunk)
      return chunk
    } catch (error) {
      end(error instanceof OpsError ? error : new OpsError('FRAME_MALFORMED', 'unreadable packet', { cause: error }))
      return null
    }
  }

  const write = conn.write.bind(conn) as (...args: unknown[]) => boolean
  conn.write = ((...args: unknown[]) => {
    write(...args)
    if (conn.writableLength > limits.outboundBytes)
      end(new OpsError('BROKER_BUSY', `a subscriber left ${conn.writableLength} bytes unread`))
    // Never "wait for drain": the library would hold back other clients' messages meanwhile, for up to a minute.
    return true
  }) as typeof conn.write

  return {
    trust() {
      guard.limit = limits.messageBytes
    },
  }
}
