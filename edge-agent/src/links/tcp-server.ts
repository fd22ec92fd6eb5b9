import { createServer, type Server, type Socket } from 'node:net'
import { OpsError } from '@waytrace/standard'
import type { LinkOf } from '../link-config.ts'
import type { Link } from '../ports.ts'
import type { LinkPorts } from './open-link.ts'
import { readFrames } from './stream.ts'
import { serveTeltonika, type TeltonikaConnection } from './teltonika.ts'

/** Listens for devices that connect to the agent. */
export function tcpServerLink(config: LinkOf<'tcp-server'>, ports: LinkPorts): Link {
  const sockets = new Map<Socket, Promise<void>>()
  /** Logged in, by IMEI. */
  const devices = new Map<string, TeltonikaConnection>()
  let server: Server | undefined

  function accept(socket: Socket): void {
    socket.on('error', () => {})
    socket.setKeepAlive(true, 30_000)
    socket.setTimeout(config.idleMs, () => socket.destroy())
    const done =
      config.protocol === 'teltonika'
        ? serveTeltonika(socket, ports, devices)
        : readFrames(socket, { ...ports, address: (socket.remoteAddress ?? '').replace(/^::ffff:/, '') })
    sockets.set(
      socket,
      done.finally(() => sockets.delete(socket)),
    )
  }

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server = createServer(accept)
        server.maxConnections = config.maxConnections
        server.once('error', (cause: NodeJS.ErrnoException) =>
          reject(
            cause.code === 'EADDRINUSE'
              ? new OpsError('PORT_IN_USE', `port ${config.port} is taken`, { cause })
              : cause,
          ),
        )
        server.listen(config.port, config.host, () => {
          ports.events.state('up', {})
          resolve()
        })
      }),
    async stop() {
      const closed = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
      for (const socket of sockets.keys()) socket.destroy()
      await Promise.all([...sockets.values()])
      await closed
    },
    async send(address, text) {
      const device = address === undefined ? undefined : devices.get(address)
      if (device === undefined) throw new OpsError('LINK_DOWN', 'the device is not connected')
      return device.command(text)
    },
    address() {
      const where = server?.address()
      if (where === null || typeof where !== 'object') throw new OpsError('LINK_DOWN', 'the link is not listening')
      return { host: where.address, port: where.port }
    },
  }
}
