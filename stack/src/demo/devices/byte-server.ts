import { createServer, type Server, type Socket } from 'node:net'
import { listenOn } from './listen.ts'

/** A device that listens on TCP and speaks by itself: a network scanner, an NMEA multiplexer. */
export interface ByteServer {
  /** Resolves with the port. */
  start(): Promise<number>
  /** Sends to whoever is connected; kept until somebody is. */
  say(bytes: Uint8Array | string): void
  stop(): Promise<void>
}

/** A device's own memory is small: what is older is forgotten, as a real scanner forgets. */
const MOST_KEPT = 1000

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
    stop() {
      for (const socket of listeners) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
