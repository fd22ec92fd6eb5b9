import { type AgentAddress, agentPrefix, agentSubscriptions, formatTopic, OpsError } from '@waytrace/standard'
import { backoff, type Timer } from '@waytrace/standard/process'
import type { MqttClient } from 'mqtt'
import type { AgentConfig } from '../config.ts'
import type { AgentClock, AgentLog } from '../ports.ts'
import type { Spool } from '../spool.ts'
import { centreBehind } from './centre-behind.ts'
import { openConnection, readPassword } from './connection.ts'
import { flow } from './flow.ts'
import { bufferPool, lookAhead } from './look-ahead.ts'
import { buildMessage } from './messages.ts'
import { refusals, strikes } from './strikes.ts'

export interface UplinkPorts {
  clock: AgentClock
  log: AgentLog
  spool: Spool
  address: AgentAddress
  /** Retained on `agent/self/status` at each connection, and its counterpart as last will. */
  presence: { birth(session: number): object; death(session: number, state: 'lost' | 'disconnected'): object }
  /** Connected and announced: statuses may be published. */
  online(): void
  /** A command or configuration came. */
  received(topic: string, payload: Buffer): void
  /** An event that the centre never takes: kept, declared and passed over. Resolves when that is durable. */
  undeliverable(position: number, bytes: Uint8Array | undefined, why: string): Promise<void>
  /** The centre lost these events, and the spool has them no more: declared. Resolves when that is durable. */
  lost(from: number, to: number): Promise<void>
}

export interface UplinkStats {
  connected: boolean
  connections: number
  messages: number
  events: number
  inFlight: number
}

export interface Uplink {
  start(): void
  /** Says goodbye and closes; the spool keeps what was not marked. */
  stop(): Promise<void>
  /** QoS 1; resolves when the broker took it. Rejects with `LINK_DOWN` at once when there is no connection. */
  publish(topic: string, payload: object, options: { retain: boolean }): Promise<void>
  stats(): UplinkStats
}

/** Bytes in flight are bounded, because MQTT.js keeps a copy of each until its PUBACK. */
const WINDOW_BYTES = 1024 * 1024
const UNMARKED = 20_000
/** How long to wait for the retained mark before sending: it may spare sending what has arrived. */
const MARK_WAIT_MS = 250
/** When to read again what was not there yet. */
const AGAIN_MS = 10
/** Looks per ackTimeoutMs. Counted instead of timed: the agent's clock may be a virtual one. */
const LOOKS = 4

/** Moves the spool to the broker over MQTT 3.1.1 and forgets only what ingest's mark has passed. */
export function mqttUplink(config: AgentConfig['uplink'], ports: UplinkPorts): Uplink {
  const { clock, log, spool, address } = ports
  const prefix = agentPrefix(address)
  const ackTopic = formatTopic({ what: 'ack', ...address })
  const statusTopic = formatTopic({ what: 'status', ...address, kind: 'agent', device: 'self' })
  const flows = flow({ window: config.window, batch: config.batch, windowBytes: WINDOW_BYTES, unmarked: UNMARKED })
  const vain = strikes()
  const refused = refusals()
  const wait = backoff({ firstMs: config.backoffMinMs, maxMs: config.backoffMaxMs })
  const abandoned = new Set<number>()
  const ahead = lookAhead(spool.read)
  const pool = bufferPool(config.batchBytes, config.window)
  const stats = { connections: 0, messages: 0, events: 0 }
  const centre = centreBehind(spool)
  let client: MqttClient | undefined
  let session = 0
  let ready = false
  let stopped = true
  let markAtStart = 0
  let idleLooks = 0
  let patience = LOOKS
  let announced = false
  let markSeen = false
  let lookTimer: Timer | undefined
  let openTimer: Timer | undefined
  let releaseTimer: Timer | undefined
  let againTimer: Timer | undefined
  let unsubscribe: (() => void) | undefined

  function open(): void {
    if (stopped) return
    session++
    const own = session
    announced = false
    markSeen = false
    let opened: MqttClient
    try {
      opened = connection(own)
    } catch (err) {
      // A password or certificate file that is not there now may be there later.
      later(err)
      return
    }
    client = opened
    let why: unknown
    opened.on('error', (error) => {
      why = error
    })
    opened.on(
      'connect',
      () =>
        void begin(opened, own).catch((error) => {
          why = error
          opened.end(true)
        }),
    )
    opened.on('message', (topic, payload, packet) => {
      if (topic === ackTopic) marked(payload, packet.retain)
      else ports.received(topic, payload)
    })
    opened.once('close', () => closed(opened, why))
  }

  function connection(own: number): MqttClient {
    return openConnection({
      ...config,
      clientId: `${address.site}-${address.agent}`,
      username: config.username ?? `${address.site}/${address.agent}`,
      password: readPassword(config),
      will: { topic: statusTopic, payload: JSON.stringify(ports.presence.death(own, 'lost')) },
    })
  }

  async function begin(opened: MqttClient, own: number): Promise<void> {
    await opened.subscribeAsync(agentSubscriptions(address), { qos: 1 })
    const birth = JSON.stringify(ports.presence.birth(own))
    await opened.publishAsync(statusTopic, birth, { qos: 1, retain: true })
    if (client !== opened || stopped) return
    stats.connections++
    wait.reset()
    log.info({ connection: own, waiting: spool.stats().depth }, 'uplink up')
    ports.online()
    announced = true
    if (markSeen) release()
    else
      releaseTimer = clock.after(MARK_WAIT_MS, () => {
        if (client === opened) release()
      })
  }

  /** From here on events flow. */
  function release(): void {
    if (ready || stopped) return
    ready = true
    markAtStart = spool.mark
    idleLooks = 0
    pool.reset()
    centre.forget()
    restart()
    pump()
  }

  /** From the mark on, all is sent (again). */
  function restart(): void {
    ahead.reset()
    flows.restart(centre.base, spool.last)
    const gone = centre.undeclared()
    if (gone === undefined) return
    log.error({ ...gone }, 'the centre has lost events that the spool no longer holds')
    ports.lost(gone.from, gone.to).catch((err) => log.error({ err }, 'cannot declare what was lost'))
  }

  function closed(which: MqttClient, why: unknown): void {
    which.removeAllListeners()
    // A late error of a dead socket has nobody to tell.
    which.on('error', () => {})
    if (client !== which) return
    client = undefined
    const sending = ready
    ready = false
    if (stopped) return
    if (sending) {
      const verdict = refused.closed(flows.oldest, { progress: spool.mark > markAtStart, probing: flows.probing })
      if (verdict.probe) flows.probe()
      if (verdict.giveUp !== undefined) void giveUp(verdict.giveUp, 'the broker ends the connection on it')
    }
    later(why)
  }

  function later(why: unknown): void {
    const pauseMs = Math.max(20, wait.next())
    log.warn({ err: why, pauseMs, waiting: spool.stats().depth }, 'uplink down')
    openTimer = clock.after(pauseMs, open)
  }

  function pump(): void {
    while (ready && client !== undefined) {
      const next = flows.next()
      if (next === undefined) return
      const entries = ahead.read(next.from - 1, next.max)
      const start = entries.find(({ position }) => !abandoned.has(position))?.position
      if (start === undefined && entries.length === 0) {
        // A reader may be a moment behind the writer; what is not there yet must not be skipped.
        ahead.reset()
        againTimer ??= clock.after(AGAIN_MS, () => {
          againTimer = undefined
          pump()
        })
        return
      }
      if (start !== next.from) {
        // Dropped by policy or given up: nothing to send there.
        const end = (start ?? (entries.at(-1)?.position ?? 0) + 1) - 1
        flows.sent(next.from, Math.min(end, next.from + next.max - 1), 0)
        continue
      }
      const end = entries.findIndex(({ position }) => abandoned.has(position))
      send(client, end === -1 ? entries : entries.slice(0, end), next)
    }
  }

  function send(
    to: MqttClient,
    entries: ReturnType<Spool['read']>,
    next: { backfill: boolean; single: boolean },
  ): void {
    const buffer = pool.take()
    const message = buildMessage(entries, { prefix, ...next, buffer })
    const ticket = flows.sent(message.from, message.to, message.payload.length)
    vain.sent(message.from, message.to, flows.mark)
    stats.messages++
    stats.events += message.to - message.from + 1
    to.publish(message.topic, message.payload, { qos: 1 }, (error) => {
      if (error || client !== to) return
      const sent = flows.acknowledged(ticket)
      if (sent === undefined) return
      pool.give(buffer)
      idleLooks = 0
      vain.acknowledged(sent.from, sent.to)
      pump()
    })
  }

  function marked(payload: Buffer, retained: boolean): void {
    const position = markOf(payload, spool.id)
    if (position === undefined) return
    if (position > spool.last) {
      log.error({ mark: position, last: spool.last }, 'the mark is beyond the spool: was an old copy of it restored?')
      return
    }
    if (!retained) vain.heard(position)
    // A retained mark may be an old one; one that ingest sends now is how far it is.
    const verdict = retained ? 'as-usual' : centre.heard(position)
    if (verdict === 'rewind') restart()
    else if (verdict === 'behind') flows.marked(position)
    if (position > spool.mark) {
      idleLooks = 0
      patience = LOOKS
      for (const done of abandoned) if (done <= position) abandoned.delete(done)
      flows.marked(position)
      spool.passed(position).catch((err) => log.error({ err }, 'cannot store the mark'))
    }
    markSeen = true
    if (ready) pump()
    else if (announced) release()
  }

  /** Regularly: is the line alive, and does the mark move? */
  function look(): void {
    if (!ready || client === undefined) return
    flows.appended(spool.last)
    pump()
    if (flows.inFlight === 0 && flows.reached <= centre.base) {
      idleLooks = 0
      return
    }
    idleLooks++
    if (idleLooks < (flows.inFlight > 0 ? LOOKS : patience)) return
    idleLooks = 0
    if (flows.inFlight > 0) {
      log.warn({ inFlight: flows.inFlight }, 'no acknowledgement from the broker: the connection is taken for dead')
      client.end(true)
      return
    }
    const lost = vain.missed(centre.base)
    patience = Math.min(patience * 2, LOOKS * 10)
    restart()
    if (lost !== undefined) void giveUp(lost, 'sent three times, never marked by ingest')
    pump()
  }

  async function giveUp(position: number, why: string): Promise<void> {
    if (abandoned.has(position)) return
    abandoned.add(position)
    const [entry] = spool.read(position - 1, 1)
    log.error({ position, why }, 'event given up')
    try {
      await ports.undeliverable(position, entry?.position === position ? entry.bytes : undefined, why)
    } catch (err) {
      log.error({ err, position }, 'cannot keep the event that was given up')
      abandoned.delete(position)
    }
  }

  return {
    start() {
      if (!stopped) return
      stopped = false
      unsubscribe = spool.onAppend(() => {
        flows.appended(spool.last)
        pump()
      })
      lookTimer = clock.every(Math.ceil(config.ackTimeoutMs / LOOKS), look)
      open()
    },
    async stop() {
      if (stopped) return
      stopped = true
      unsubscribe?.()
      for (const timer of [lookTimer, openTimer, releaseTimer, againTimer]) timer?.cancel()
      const last = client
      ready = false
      if (last === undefined) return
      if (last.connected) {
        const bye = JSON.stringify(ports.presence.death(session, 'disconnected'))
        const done = last.publishAsync(statusTopic, bye, { qos: 1, retain: true }).then(() => last.endAsync())
        await Promise.race([done.catch(() => undefined), clock.sleep(1000)])
      }
      client = undefined
      await new Promise<void>((resolve) => last.end(true, () => resolve()))
    },
    async publish(topic, payload, { retain }) {
      if (client?.connected !== true) throw new OpsError('LINK_DOWN', 'there is no connection to the broker')
      await client.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain })
    },
    stats: () => ({ ...stats, connected: ready, inFlight: flows.inFlight }),
  }
}

/** The position in a mark for this spool; undefined for another spool's or for nonsense. */
function markOf(payload: Buffer, id: string): number | undefined {
  try {
    const { spool, sequence } = JSON.parse(payload.toString('utf8')) as Record<string, unknown>
    return spool === id && typeof sequence === 'string' && /^\d{1,20}$/.test(sequence) ? Number(sequence) : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}
