import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { OpsError } from '@waytrace/standard'
import { configFile } from '@waytrace/standard/process'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { Peer } from './auth.ts'
import type { BrokerConfig } from './config.ts'

export type Accept = (conn: Duplex, peer: Peer) => void

/** Where the broker can be reached. */
export interface BrokerAddress {
  host: string
  port?: number
  tlsPort?: number
  webSocketPort?: number
}

/** Opens the configured ports. Throws `OpsError('PORT_IN_USE' | 'CONFIG_INVALID')`, with all ports closed again. */
export async function openListeners(config: BrokerConfig, admit: (socket: Socket) => boolean, accept: Accept) {
  const servers: Server[] = []
  const sockets: WebSocketServer[] = []
  const address: BrokerAddress = { host: config.host }
  const guard = (server: Server): Server =>
    server.prependListener('connection', (socket: Socket) => {
      if (!admit(socket)) socket.destroy()
    })
  const tcp = (socket: Socket) => {
    if (socket.destroyed || refused(socket)) return
    socket.setNoDelay(true)
    // Finds peers that vanished without a word, also those that ask for no MQTT keep-alive.
    socket.setKeepAlive(true, 60_000)
    accept(socket, peerOf(socket))
  }
  /** By its certificate: of another authority, or missing where one is due. This machine's parts have passwords. */
  const refused = (socket: Socket): boolean => {
    if (!(socket instanceof TLSSocket) || config.tls?.caFile === undefined || !config.tls.clientCertificates)
      return false
    if (socket.authorized || (peerOf(socket).loopback && peerOf(socket).fingerprint === undefined)) return false
    socket.destroy()
    return true
  }
  const listen = async (server: Server, port: number): Promise<number> => {
    servers.push(server)
    await listening(server, port, config.host)
    return (server.address() as AddressInfo).port
  }
  try {
    if (config.plain) address.port = await listen(guard(createServer(tcp)), config.port)
    const secure = config.tls === undefined ? undefined : tlsOptions(config.tls)
    if (secure !== undefined && config.tls !== undefined)
      address.tlsPort = await listen(guard(withTls(() => createTlsServer(secure, tcp))), config.tls.port)
    if (config.webSocketPort !== undefined) {
      const server = secure === undefined ? createHttpServer() : withTls(() => createHttpsServer(secure))
      sockets.push(webSocket(server, config, refused, accept))
      address.webSocketPort = await listen(guard(server), config.webSocketPort)
    }
  } catch (error) {
    await close()
    throw error
  }

  async function close(): Promise<void> {
    for (const server of sockets) server.close()
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
  }

  return { address, close }
}

function webSocket(
  server: Server,
  config: BrokerConfig,
  refused: (socket: Socket) => boolean,
  accept: Accept,
): WebSocketServer {
  const sockets = new WebSocketServer({
    server: server as ReturnType<typeof createHttpServer>,
    maxPayload: config.limits.messageBytes + 64,
    perMessageDeflate: false,
    // MQTT 3.1.1, 6: the subprotocol is "mqtt".
    handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : false),
  })
  sockets.on('connection', (socket, request: IncomingMessage) => {
    if (refused(request.socket)) return
    const stream = createWebSocketStream(socket)
    stream.on('error', () => stream.destroy())
    accept(stream, peerOf(request.socket))
  })
  return sockets
}

function peerOf(socket: Socket): Peer {
  const remote = socket.remoteAddress ?? 'unknown'
  const loopback = remote === '::1' || remote.startsWith('127.') || remote.startsWith('::ffff:127.')
  const fingerprint = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined
  return fingerprint === undefined ? { remote, loopback } : { remote, loopback, fingerprint }
}

function tlsOptions({ keyFile, certFile, caFile, clientCertificates }: NonNullable<BrokerConfig['tls']>) {
  return {
    key: configFile('mqtt.tls.keyFile', keyFile),
    cert: configFile('mqtt.tls.certFile', certFile),
    ...(caFile === undefined ? {} : { ca: configFile('mqtt.tls.caFile', caFile) }),
    minVersion: 'TLSv1.2' as const,
    requestCert: clientCertificates,
    // Whom an authority must have signed is looked at after the handshake. Without authorities the enrolled fingerprint
    // alone decides; the handshake has proved the key.
    rejectUnauthorized: false,
  }
}

function withTls(make: () => Server): Server {
  try {
    return make()
  } catch (cause) {
    throw new OpsError('CONFIG_INVALID', 'tls: key and certificate cannot be used', { cause })
  }
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'CONFIG_INVALID'
      reject(new OpsError(code, `cannot listen on ${host}:${port}: ${cause.message}`, { cause }))
    }
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      // Handshake and accept errors concern one peer, never the server.
      server.on('error', () => {})
      resolve()
    })
  })
}
