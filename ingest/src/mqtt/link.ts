import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls'
import { OpsError } from '@waytrace/standard'
import { type Backoff, backoff, type Clock, type Timer } from '@waytrace/standard/process'
import mqtt, { type IConnackPacket, type IPublishPacket, type Packet } from 'mqtt-packet'
import type { Log } from '../ports.ts'

export interface LinkOptions {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  url: string
  clientId: string
  username?: string | undefined
  password?: string | undefined
  /** False: the broker keeps the session while the link is down. */
  clean: boolean
  keepAliveSeconds: number
  /** Subscribed to at QoS 1 on every connect. */
  filters: readonly string[]
  tls?: TlsOptions | undefined
}

export interface TlsOptions extends Pick<ConnectionOptions, 'ca' | 'key' | 'cert' | 'rejectUnauthorized'> {
  /** SHA-256 of the one certificate the broker must show, as Node prints it. */
  fingerprint?: string
}

export interface LinkPorts {
  clock: Clock
  logger: Log
  /** `ack` sends the PUBACK on the connection the message came by; later it does nothing. */
  onMessage?(packet: IPublishPacket, ack: () => void): void
  /** Signed in and subscribed. `resumed`: the broker had kept the session. */
  onUp?(resumed: boolean): void
  onDown?(): void
}

/** One MQTT 3.1.1 connection that comes back by itself. */
export interface MqttLink {
  start(): void
  stop(): Promise<void>
  /** Resolves at the PUBACK. Rejects with `OpsError('LINK_DOWN' | 'BROKER_BUSY')`: the caller sends again. */
  publish(topic: string, payload: Uint8Array | string, options?: { retain?: boolean }): Promise<void>
  /** Stops reading from the socket: TCP holds the broker back. */
  pause(): void
  resume(): void
  /** Ends the connection: what was not acknowledged comes again. */
  drop(reason: string): void
  readonly up: boolean
  /** Why it is down. */
  readonly trouble: string | undefined
}

interface Publishing {
  resolve(): void
  reject(error: OpsError): void
}

const CONNECT_MS = 15_000
const MAX_IN_FLIGHT = 1000
const RETURN_CODES = [
  '',
  'wrong protocol version',
  'client id refused',
  'unavailable',
  'wrong password',
  'not authorised',
]

/**
 * MQTT 3.1.1 on `mqtt-packet`. Not MQTT.js, because that acknowledges one message at a time: with a durable
 * acknowledgement 811 messages a second (measured).
 */
export function mqttLink(options: LinkOptions, ports: LinkPorts): MqttLink {
  const { clock, logger } = ports
  const wait: Backoff = backoff({ maxMs: 15_000 })
  const { protocol, hostname, port } = new URL(options.url)
  let connection: Connection | undefined
  let retry: Timer | undefined
  let stopped = false
  let paused = false
  let trouble: string | undefined = 'not started'

  interface Connection {
    socket: Socket
    timers: Timer[]
    up: boolean
    /** Half keep-alive periods without a byte from the broker. */
    silent: number
    nextId: number
    publishing: Map<number, Publishing>
    closed: Promise<void>
  }

  function open(): void {
    retry = undefined
    const address = { host: hostname, port: Number(port) || (protocol === 'mqtts:' ? 8883 : 1883) }
    const socket = protocol === 'mqtts:' ? connectTls({ ...address, ...options.tls }) : connectTcp(address)
    const made: Connection = {
      socket,
      timers: [],
      up: false,
      silent: 0,
      nextId: 1,
      publishing: new Map(),
      closed: new Promise((resolve) => socket.once('close', () => resolve())),
    }
    connection = made
    socket.setNoDelay(true)
    const parser = mqtt.parser({ protocolVersion: 4 })
    parser.on('packet', (packet: Packet) => handle(made, packet))
    parser.on('error', (error: Error) => end(made, `unreadable packet: ${error.message}`))
    socket.on('data', (chunk) => {
      made.silent = 0
      if (connection === made) parser.parse(chunk)
    })
    socket.on('error', (error) => end(made, error.message))
    socket.on('close', () => end(made, 'closed by the broker'))
    socket.once(protocol === 'mqtts:' ? 'secureConnect' : 'connect', () => {
      // Before the password is sent.
      if (isPinned(socket)) send(made, connectPacket())
      else end(made, 'the broker shows another certificate than ours')
    })
    made.timers.push(clock.after(CONNECT_MS, () => !made.up && end(made, 'no answer to CONNECT')))
  }

  function isPinned(socket: Socket): boolean {
    const { fingerprint } = options.tls ?? {}
    if (fingerprint === undefined || !(socket instanceof TLSSocket)) return true
    return socket.getPeerCertificate().fingerprint256 === fingerprint
  }

  function connectPacket(): Packet {
    const { clientId, clean, keepAliveSeconds: keepalive, username, password } = options
    return {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId,
      clean,
      keepalive,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password: Buffer.from(password) }),
    }
  }

  function send({ socket }: Connection, packet: Packet): void {
    if (!socket.destroyed) socket.write(mqtt.generate(packet))
  }

  function handle(from: Connection, packet: Packet): void {
    if (from !== connection) return
    switch (packet.cmd) {
      case 'connack':
        signedIn(from, packet)
        break
      case 'suback':
        subscribed(from, packet.granted)
        break
      case 'publish':
        ports.onMessage?.(packet, () => {
          if (from === connection && packet.qos === 1 && packet.messageId !== undefined)
            send(from, { cmd: 'puback', messageId: packet.messageId })
        })
        break
      case 'puback': {
        const { messageId = 0 } = packet
        const done = from.publishing.get(messageId)
        from.publishing.delete(messageId)
        done?.resolve()
        break
      }
      default:
      // PINGRESP counts as a byte received; nothing else is sent to us.
    }
  }

  let resumed = false
  function signedIn(from: Connection, { returnCode = 0, sessionPresent }: IConnackPacket): void {
    if (returnCode !== 0) return void end(from, `refused: ${RETURN_CODES[returnCode] ?? returnCode}`)
    resumed = sessionPresent
    from.timers.push(clock.every(options.keepAliveSeconds * 500, () => beat(from)))
    if (options.filters.length === 0) return void ready(from)
    const subscriptions = options.filters.map((topic) => ({ topic, qos: 1 as const }))
    send(from, { cmd: 'subscribe', messageId: 65_535, subscriptions })
  }

  function subscribed(from: Connection, granted: readonly unknown[]): void {
    const refused = options.filters.filter((_, i) => granted[i] === 128)
    if (refused.length > 0) return void end(from, `the broker refuses to let this user read ${refused.join(', ')}`)
    ready(from)
  }

  function ready(from: Connection): void {
    from.up = true
    trouble = undefined
    wait.reset()
    if (paused) from.socket.pause()
    logger.info({ url: options.url, resumed }, 'MQTT link up')
    ports.onUp?.(resumed)
  }

  function beat(from: Connection): void {
    // While we do not read, silence says nothing.
    if (!paused && ++from.silent > 3) return void end(from, 'the broker fell silent')
    send(from, { cmd: 'pingreq' })
  }

  function end(from: Connection, reason: string): void {
    if (from !== connection) return
    connection = undefined
    const first = trouble === undefined
    trouble = reason
    for (const timer of from.timers) timer.cancel()
    from.socket.destroy()
    for (const { reject } of from.publishing.values()) reject(new OpsError('LINK_DOWN', reason))
    if (stopped) return
    // Once per outage; the attempts that follow say nothing new.
    if (first || wait.attempts === 0) logger.warn({ url: options.url, reason }, 'MQTT link down')
    if (from.up) ports.onDown?.()
    retry = clock.after(wait.next(), open)
  }

  return {
    start: open,
    async stop() {
      stopped = true
      retry?.cancel()
      const last = connection
      if (last === undefined) return
      send(last, { cmd: 'disconnect' })
      last.socket.end()
      last.timers.push(clock.after(1000, () => last.socket.destroy()))
      last.socket.resume()
      await last.closed
    },
    publish(topic, payload, { retain = false } = {}) {
      const current = connection
      if (current === undefined || !current.up)
        return Promise.reject(new OpsError('LINK_DOWN', trouble ?? 'not connected'))
      if (current.publishing.size >= MAX_IN_FLIGHT)
        return Promise.reject(new OpsError('BROKER_BUSY', `${MAX_IN_FLIGHT} publishes wait for their PUBACK`))
      while (current.publishing.has(current.nextId)) current.nextId = (current.nextId % 65_534) + 1
      const messageId = current.nextId
      current.nextId = (messageId % 65_534) + 1
      return new Promise((resolve, reject) => {
        current.publishing.set(messageId, { resolve, reject })
        const body = typeof payload === 'string' ? payload : Buffer.from(payload)
        send(current, { cmd: 'publish', topic, payload: body, qos: 1, retain, dup: false, messageId })
      })
    },
    pause() {
      paused = true
      connection?.socket.pause()
    },
    resume() {
      paused = false
      connection?.socket.resume()
    },
    drop(reason) {
      if (connection !== undefined) end(connection, reason)
    },
    get up() {
      return connection?.up === true
    },
    get trouble() {
      return trouble
    },
  }
}
