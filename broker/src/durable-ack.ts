import { OpsError } from '@waytrace/standard'
import { encodeRawRecord } from '@waytrace/standard/journal'
import type { AedesOptions, Client, PublishPacket } from 'aedes'
import { admission } from './admission.ts'
import type { BrokerConfig } from './config.ts'
import type { BrokerCounters } from './counters.ts'
import type { BrokerPorts, Session } from './ports.ts'
import { rateGate } from './rate-gate.ts'
import { refusePublish } from './topics.ts'

type AuthorizePublish = NonNullable<AedesOptions['authorizePublish']>

/** Nobody can subscribe here: what is sent here is acknowledged and goes nowhere. */
const NOWHERE = '$refused'

export interface DurableAck {
  authorizePublish: AuthorizePublish
  /** Forgets what a closed client still waits with. */
  forget(client: Client): void
  readonly waiting: number
  readonly pendingBytes: number
  /** Resolves when nothing is on its way to the journal any more. */
  drain(): Promise<void>
}

export interface DurableAckPorts extends Pick<BrokerPorts, 'journal' | 'clock' | 'log'> {
  counters: BrokerCounters
  /** The session of a signed-in client. */
  sessionOf(client: Client): Session | undefined
  refused(session: Session, topic: string, error: OpsError): void
}

/**
 * The broker's promise: an agent's message is in the raw journal, flushed, before its PUBACK. aedes acknowledges after
 * `authorizePublish` calls back, and before it stores or routes anything, so the append happens here. Messages of one
 * socket read run concurrently and share a flush.
 *
 * A publish that is refused is acknowledged and goes nowhere (MQTT 3.1.1, 3.3.5: acknowledge or close). Closing would
 * let one misconfigured device of an honest agent block all its neighbours: the agent would reconnect, send the same
 * message again and never come past it. Its agent learns from ingest's mark, which does not pass the event.
 */
export function durableAck(ports: DurableAckPorts, limits: BrokerConfig['limits']): DurableAck {
  const { journal, clock, counters } = ports
  const toDisk = admission(limits)
  const rate = rateGate(clock, { perSecond: limits.messagesPerSecond, burst: limits.messageBurst })
  const retained = new Map<string, Set<string>>()
  const writing = new Set<Promise<unknown>>()

  function write(session: Session, packet: PublishPacket, done: (error?: Error) => void): Promise<void> {
    const bytes = encodeRawRecord({
      receivedAt: clock.now(),
      origin: { kind: 'mqtt', name: session.username },
      topic: packet.topic,
      payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
    })
    return journal.append(bytes).then(
      () => {
        counters.journalled++
        counters.journalledBytes += bytes.length
        done()
      },
      // The connection ends without a PUBACK, and the agent sends again: nothing is lost.
      (cause: unknown) => done(new OpsError('BROKER_BUSY', 'the journal did not take a message', { cause })),
    )
  }

  /** Retained messages stay in memory, so each credential has a bound; events are never retained (topic table). */
  function boundRetained(session: Session, packet: PublishPacket): void {
    if (!packet.retain || session.kind === 'centre') return
    const topics = retained.get(session.username) ?? new Set<string>()
    retained.set(session.username, topics)
    const wanted = session.kind === 'gateway' || packet.topic.endsWith('/status')
    if (packet.payload.length === 0) topics.delete(packet.topic)
    else if (!wanted || (!topics.has(packet.topic) && topics.size >= limits.retained)) packet.retain = false
    else topics.add(packet.topic)
  }

  const authorizePublish: AuthorizePublish = (client, packet, done) => {
    counters.received++
    // Without a client: a will that a broker process left behind. Ours keeps none over a restart.
    const session = client === null ? undefined : ports.sessionOf(client)
    if (client === null || session === undefined) return done(new OpsError('TOPIC_FORBIDDEN', 'no session'))
    const refusal = refusePublish(session, packet.topic, limits)
    if (refusal !== undefined) {
      counters.refusedPublishes++
      ports.refused(session, packet.topic, refusal)
      packet.topic = NOWHERE
      packet.payload = Buffer.alloc(0)
      packet.retain = false
      return rate.enter(session.username, () => done())
    }
    boundRetained(session, packet)
    if (session.kind !== 'agent') return rate.enter(session.username, () => done())
    // A closed client only ever publishes its will, and that must not go with what the client left unsent.
    const owner = client.closed ? {} : client
    rate.enter(session.username, () => {
      if (client.closed && owner === client) return
      toDisk.submit({
        client: owner,
        size: packet.topic.length + packet.payload.length,
        run(finished) {
          const written = write(session, packet, done).finally(() => {
            writing.delete(written)
            finished()
          })
          writing.add(written)
        },
      })
    })
  }

  return {
    authorizePublish,
    forget: (client) => toDisk.drop(client),
    get waiting() {
      return toDisk.waiting + rate.waiting
    },
    get pendingBytes() {
      return toDisk.pendingBytes
    },
    async drain() {
      rate.stop()
      while (writing.size > 0) await Promise.all(writing)
    },
  }
}
