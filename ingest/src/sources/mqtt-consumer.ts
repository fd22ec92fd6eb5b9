import { INGEST_FILTERS, parseTopic } from '@waytrace/standard'
import { encodeRawRecord, type Journal } from '@waytrace/standard/journal'
import type { Clock } from '@waytrace/standard/process'
import type { IPublishPacket } from 'mqtt-packet'
import type { z } from 'zod'
import { mqttSourceConfig, tlsOf } from '../mqtt/config.ts'
import { mqttLink } from '../mqtt/link.ts'
import type { Log } from '../ports.ts'

export interface MqttSource {
  start(): void
  /** Ends the connection, then waits for what is on its way to the journal. The session stays at the broker. */
  stop(): Promise<void>
  stats(): { up: boolean; trouble?: string; received: number; acknowledged: number; inHandBytes: number }
}

interface InHand {
  durable: boolean
  ack: () => void
}

/**
 * Takes what an external broker (Mosquitto, EMQX, NATS) holds for us into the raw journal. A persistent session, many
 * messages in hand, and each PUBACK only after the journal's group flush, in the order the messages came. The broker's
 * own ACL binds a topic to its agent, so the topic's site and agent are the origin.
 */
export function mqttSource(
  options: z.input<typeof mqttSourceConfig>,
  ports: { journal: Pick<Journal, 'append'>; clock: Clock; logger: Log },
): MqttSource {
  const config = mqttSourceConfig.parse(options)
  const { journal, clock, logger } = ports
  const writing = new Set<Promise<unknown>>()
  let inHand: InHand[] = []
  let inHandBytes = 0
  let received = 0
  let acknowledged = 0

  const link = mqttLink(
    { ...config, clean: false, filters: INGEST_FILTERS, tls: tlsOf(config) },
    {
      clock,
      logger,
      onMessage: take,
      onDown() {
        // Their acknowledgements cannot be sent any more; the broker delivers them again.
        inHand = []
      },
    },
  )

  function take(packet: IPublishPacket, ack: () => void): void {
    const address = parseTopic(packet.topic)
    const record = encodeRawRecord({
      receivedAt: clock.now(),
      origin: { kind: 'mqtt', name: address === undefined ? 'unknown' : `${address.site}/${address.agent}` },
      topic: packet.topic,
      payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
    })
    received++
    const entry: InHand = { durable: false, ack }
    inHand.push(entry)
    inHandBytes += record.length
    if (inHandBytes > config.inHandBytes) link.pause()
    const written = journal
      .append(record)
      .then(
        () => {
          entry.durable = true
          release()
        },
        (err: unknown) => {
          logger.error({ err }, 'the raw journal refused a message; the broker will deliver it again')
          link.drop('the raw journal refused a message')
        },
      )
      .finally(() => {
        writing.delete(written)
        inHandBytes -= record.length
        if (inHandBytes <= config.inHandBytes / 2) link.resume()
      })
    writing.add(written)
  }

  /** MQTT 3.1.1, 4.6: PUBACKs go out in the order the messages came in. */
  function release(): void {
    let done = 0
    for (const { durable, ack } of inHand) {
      if (!durable) break
      ack()
      done++
    }
    inHand.splice(0, done)
    acknowledged += done
  }

  return {
    start: () => link.start(),
    async stop() {
      await link.stop()
      await Promise.all(writing)
    },
    stats: () => ({
      up: link.up,
      ...(link.trouble === undefined ? {} : { trouble: link.trouble }),
      received,
      acknowledged,
      inHandBytes,
    }),
  }
}
