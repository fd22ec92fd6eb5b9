import { createServer, type Server, type Socket } from 'node:net'
import { systemClock } from '@waytrace/standard/process'
import { listenOn } from './listen.ts'

/** A device that listens on TCP and speaks by itself: a network scanner, an NMEA multiplexer. */
export interface ByteServer {
  /** Resolves with the port. */
  start(): Promise<number>
  /** Sends to whoever is connected; kept until somebody is. */
  say(bytes: Uint8Array | string): void
  /** Lets its listener read what was said, then closes. */
  stop(): Promise<void>
}

/** A device's own memory is small: what is older is forgotten, as a real scanner forgets. */
const MOST_KEPT = 1000
/** A listener that does not read to the end in this time is left alone. */
const HEARD_MS = 500
const clock = systemClock()

export function byteServer(): ByteServer {
  const listeners = new Set<Socket>()
  const kept: (Uint8Array | string)[] = []
  const server: Server = createServer((socket) => {
    listeners.add(socket)
    socket.on('close', () => listeners.delete(socket))
    socket.on('error', () => socket.destroy())
    for (const bytes of kept.splice(0)) socket.write(bytes)
  })
  return {
    start: () => listenOn(server),
    say(bytes) {
      if (listeners.size === 0) {
        kept.push(bytes)
        if (kept.length > MOST_KEPT) kept.shift()
      }
      for (const socket of listeners) socket.write(bytes)
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of listeners) socket.end()
      await Promise.race([closed, clock.sleep(HEARD_MS)])
      for (const socket of listeners) socket.destroy()
      await closed
    },
  }
}
