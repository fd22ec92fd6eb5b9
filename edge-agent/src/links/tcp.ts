import { connect, type Socket } from 'node:net'
import type { LinkOf } from '../link-config.ts'
import type { Link } from '../ports.ts'
import type { LinkPorts } from './open-link.ts'
import { reopeningLink } from './reopening.ts'
import { readFrames } from './stream.ts'

const CONNECT_MS = 10_000

/** Connects to a network scanner or multiplexer and reads frames. */
export function tcpLink(config: LinkOf<'tcp'>, ports: LinkPorts): Link {
  return reopeningLink({ ...ports, open: () => dial(config), use: (socket) => readFrames(socket, ports) })
}

function dial({ host, port, idleMs }: LinkOf<'tcp'>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: 10_000 })
    const late = () => socket.destroy(new Error(`no connection to ${host}:${port} within ${CONNECT_MS} ms`))
    socket.setTimeout(CONNECT_MS, late)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.off('timeout', late)
      // A half-open connection brings neither bytes nor an end.
      socket.setTimeout(idleMs, () => socket.destroy(new Error(`silent for ${idleMs} ms`)))
      resolve(socket)
    })
  })
}
