import type { Duplex } from 'node:stream'
import { OpsError } from '@waytrace/standard'
import type { Timer } from '@waytrace/standard/process'
import { Aedes, type AedesOptions, type Client } from 'aedes'
import { auditTrail } from './audit.ts'
import { authenticator, type Peer } from './auth.ts'
import { type BrokerConfig, type BrokerOptions, brokerConfig } from './config.ts'
import { type GuardedConnection, guardConnection } from './connection.ts'
import { type BrokerStats, brokerCounters } from './counters.ts'
import { durableAck } from './durable-ack.ts'
import { type BrokerAddress, openListeners } from './listeners.ts'
import type { BrokerPorts, Session } from './ports.ts'
import { rateGate } from './rate-gate.ts'
import { sampler } from './sampler.ts'
import { maySubscribe, printable } from './topics.ts'

export interface Broker {
  /** Resolves when every port is open. Throws `OpsError('PORT_IN_USE' | 'CONFIG_INVALID')`. */
  start(): Promise<void>
  /** Closes ports and connections, then waits for what is on its way to the journal. Idempotent. */
  stop(): Promise<void>
  /** Where it listens, once started. */
  readonly address: BrokerAddress
  stats(): BrokerStats
}

/** MQTT 5, 3.2.2.2: CONNACK with reason code 0x84, Unsupported Protocol Version, and no properties. */
const CONNACK_V5_UNSUPPORTED = Buffer.from([0x20, 0x03, 0x00, 0x84, 0x00])
/** How often sessions are compared with the enrolments: a revoked agent is gone after this at the latest. */
const REVOCATION_MS = 10_000
const LOG_WINDOW_MS = 60_000

/** What is known of a connection, whether it has signed in or not. */
interface Known {
  peer: Peer
  guard: GuardedConnection
  client?: Client
}

/**
 * The embedded broker: MQTT 3.1.1 on aedes, with a PUBACK only after the journal's flush. It keeps no sessions over a
 * disconnection, whatever a client asks for: what must outlive one is in the journal, in the retained messages or in
 * ingest's outbox, and the library's offline queues have no bound.
 */
export function createBroker(options: BrokerOptions, ports: BrokerPorts): Broker {
  const config = brokerConfig.parse(options)
  const { limits } = config
  const { clock, log, identities } = ports
  const counters = brokerCounters()
  const auth = authenticator(identities, { ...config, authentications: limits.authentications })
  const audit = auditTrail(ports, config.deployment, counters)
  const knocks = rateGate(clock, { perSecond: limits.connectionsPerSecond, burst: limits.connectionsPerSecond })
  const notes = sampler<{ fields: object; message: string }>(clock, LOG_WINDOW_MS, ({ fields, message }, count) =>
    log.warn({ ...fields, count }, message),
  )
  const connections = new WeakMap<Duplex, Known>()
  /** By weak reference, because a will is judged after its client is gone. */
  const sessions = new WeakMap<Client, Session>()
  const live = new Set<Client>()
  const filters = new WeakMap<Client, Set<string>>()
  let aedes: Aedes | undefined
  let listeners: Awaited<ReturnType<typeof openListeners>> | undefined
  let sweep: Timer | undefined
  let stopping: Promise<void> | undefined
  let open = 0

  const ack = durableAck(
    {
      ...ports,
      counters,
      sessionOf: (client) => sessions.get(client),
      refused: (session, topic, error) => {
        const facts = { user: session.username, remote: session.remote, topic: printable(topic), code: error.code }
        notes.note(`publish ${session.username}`, { fields: facts, message: 'publish refused' })
        audit.note({ actor: session.username, action: 'mqtt.publish', result: 'refused', detail: facts })
      },
    },
    limits,
  )

  function refuseConnection(peer: Peer, actor: string, error: OpsError): void {
    counters.refusedConnections++
    const facts = { user: printable(actor), remote: peer.remote, code: error.code, reason: error.message }
    notes.note(`connect ${peer.remote} ${error.code}`, { fields: facts, message: 'connection refused' })
    audit.note({ actor: printable(actor), action: 'mqtt.connect', result: 'refused', detail: facts })
  }

  /** Before a connection costs anything. */
  function admit(remote: string): boolean {
    const code = open >= limits.clients ? 'clients' : knocks.tryEnter(remote) ? undefined : 'connectionsPerSecond'
    if (code === undefined) return true
    counters.refusedConnections++
    notes.note(`limit ${code}`, { fields: { remote, limit: code }, message: 'connection closed at a limit' })
    return false
  }

  function accept(conn: Duplex, peer: Peer): void {
    if (aedes === undefined || stopping !== undefined) return void conn.destroy()
    open++
    conn.once('close', () => open--)
    const guard = guardConnection(conn, limits, (error) => {
      if (error.code === 'BROKER_BUSY') counters.slowConsumers++
      else counters.oversizePackets++
      const actor = (entry.client && sessions.get(entry.client)?.username) ?? peer.remote
      const facts = { user: actor, remote: peer.remote, code: error.code, reason: error.message }
      notes.note(`guard ${actor} ${error.code}`, { fields: facts, message: 'connection ended by a limit' })
      audit.note({ actor, action: 'mqtt.publish', result: 'refused', detail: facts })
    })
    const entry: Known = { peer, guard }
    connections.set(conn, entry)
    entry.client = aedes.handle(conn)
  }

  const preConnect: AedesOptions['preConnect'] = (client, packet, done) => {
    const { peer } = known(client)
    if (packet.protocolVersion === 5) {
      const fields = { remote: peer.remote, user: printable(packet.username ?? '') }
      notes.note(`mqtt5 ${peer.remote}`, {
        fields,
        message: 'MQTT 5 client refused: this broker speaks MQTT 3.1.1; set protocolVersion 4',
      })
      counters.refusedConnections++
      client.conn.write(CONNACK_V5_UNSUPPORTED)
      client.conn.end()
      return done(new OpsError('CREDENTIAL_REJECTED', 'MQTT 5'), false)
    }
    // A client id counts within its credential only: nobody can end or take over another's connection by name.
    if (packet.clientId !== '') packet.clientId = `${packet.username ?? peer.remote}|${packet.clientId}`
    packet.clean = true
    done(null, true)
  }

  const authenticate: AedesOptions['authenticate'] = (client, username, password, done) => {
    const { peer, guard } = known(client)
    auth.signIn(peer, username, password).then(
      (session) => {
        guard.trust()
        sessions.set(client, session)
        filters.set(client, new Set())
        done(null, true)
      },
      (error: unknown) => {
        const problem =
          error instanceof OpsError ? error : new OpsError('BROKER_BUSY', 'sign-in failed', { cause: error })
        refuseConnection(peer, username ?? 'anonymous', problem)
        // 3: try again later; 5: never with this credential (MQTT 3.1.1, 3.2.2.3).
        const returnCode = problem.disposition === 'retry' ? 3 : 5
        done(Object.assign(new Error(problem.message), { returnCode }), false)
      },
    )
  }

  const authorizeSubscribe: AedesOptions['authorizeSubscribe'] = (client, subscription, done) => {
    const session = sessions.get(client)
    const own = filters.get(client)
    const allowed = session !== undefined && maySubscribe(session, subscription.topic, limits)
    if (allowed && own !== undefined && (own.has(subscription.topic) || own.size < limits.subscriptions)) {
      own.add(subscription.topic)
      return done(null, subscription)
    }
    counters.refusedSubscriptions++
    const facts = { user: session?.username ?? '', filter: printable(subscription.topic) }
    notes.note(`subscribe ${facts.user}`, { fields: facts, message: 'subscription refused' })
    audit.note({ actor: facts.user, action: 'mqtt.subscribe', result: 'refused', detail: facts })
    // SUBACK 128: the connection goes on.
    done(null, null)
  }

  function known(client: Client): Known {
    const found = connections.get(client.conn)
    if (found === undefined) throw new OpsError('FRAME_MALFORMED', 'a client without a connection')
    return found
  }

  function watch(broker: Aedes): void {
    broker.on('clientReady', (client) => {
      const session = sessions.get(client)
      if (session === undefined) return
      live.add(client)
      counters.connected++
      const facts = { user: session.username, remote: session.remote, kind: session.kind }
      log.info(facts, 'client connected')
      audit.note({ actor: session.username, action: 'mqtt.connect', result: 'done', detail: facts })
    })
    broker.on('clientDisconnect', (client) => {
      const session = sessions.get(client)
      if (session === undefined) return
      live.delete(client)
      ack.forget(client)
      counters.disconnected++
      const facts = { user: session.username, remote: session.remote }
      log.info(facts, 'client disconnected')
      audit.note({ actor: session.username, action: 'mqtt.disconnect', result: 'done', detail: facts })
    })
    const failed = (client: Client, error: Error) => {
      const remote = connections.get(client.conn)?.peer.remote ?? 'unknown'
      const user = sessions.get(client)?.username
      const fields = { remote, ...(user === undefined ? {} : { user }), reason: printable(error.message) }
      notes.note(`error ${user ?? remote} ${error.message}`, { fields, message: 'connection failed' })
    }
    broker.on('clientError', failed)
    broker.on('connectionError', failed)
    // Not in the library's types: routing failed inside, which concerns no sender.
    ;(broker as unknown as NodeJS.EventEmitter).on('error', (err: unknown) =>
      log.error({ err }, 'broker library error'),
    )
    broker.on('unsubscribe', (topics, client) => {
      for (const topic of topics) filters.get(client)?.delete(topic)
    })
  }

  async function halt(): Promise<void> {
    // After this turn `stopping` is set, which wills and new connections ask.
    await Promise.resolve()
    sweep?.cancel()
    const closing = listeners?.close()
    if (aedes !== undefined) await new Promise<void>((resolve) => aedes?.close(() => resolve()))
    await closing
    await ack.drain()
    knocks.stop()
    notes.stop()
    await audit.stop()
    log.info({ ...counters }, 'broker stopped')
  }

  return {
    async start() {
      aedes = await Aedes.createBroker({
        // Unlimited: deliveries never wait for a subscriber (guardConnection ends slow ones), so nothing piles up.
        concurrency: 0,
        connectTimeout: 10_000,
        maxClientsIdLength: 160,
        // The library ends the connection at its own bound; ours refuses the message.
        maxTopicLevels: 100,
        preConnect,
        authenticate,
        authorizeSubscribe,
        authorizePublish: (client, packet, done) => {
          // Our own end is not the agents': their wills would call them lost.
          if (stopping !== undefined && (client === null || client.closed))
            return done(new OpsError('BROKER_BUSY', 'stopping'))
          ack.authorizePublish(client, packet, done)
        },
      })
      watch(aedes)
      listeners = await openListeners(config, (socket) => admit(socket.remoteAddress ?? 'unknown'), accept)
      sweep = clock.every(REVOCATION_MS, () => {
        for (const client of live) {
          const session = sessions.get(client)
          if (session !== undefined && !auth.stands(session)) client.close()
        }
      })
      log.info({ ...listeners.address }, 'broker started')
    },
    stop() {
      stopping ??= halt()
      return stopping
    },
    get address() {
      return listeners?.address ?? { host: config.host }
    },
    stats: () => ({
      ...counters,
      clients: aedes?.connectedClients ?? 0,
      waiting: ack.waiting,
      pendingBytes: ack.pendingBytes,
    }),
  }
}

export type { BrokerConfig }
