import { backoff } from '@waytrace/standard/process'
import type { MqttClient } from 'mqtt'
import type { LinkOf } from '../link-config.ts'
import type { Link } from '../ports.ts'
import { openConnection, readPassword } from '../uplink/connection.ts'
import type { LinkPorts } from './open-link.ts'
import { takeMessage } from './unwrapping.ts'

let bridges = 0

/**
 * Subscribes at the broker that gateways publish to. A QoS 1 message is acknowledged when its events are on disk, one
 * after the other (some 800 messages a second, measured): gateways send a few.
 */
export function mqttBridgeLink(config: LinkOf<'mqtt-bridge'>, ports: LinkPorts): Link {
  const { clock, events, log, unwrap } = ports
  const wait = backoff({ firstMs: 200, maxMs: 15_000 })
  bridges++
  const clientId = config.clientId ?? `${ports.agent}-bridge-${process.pid}-${bridges}`
  let client: MqttClient | undefined
  let stopped = true
  let pending: Promise<unknown> = Promise.resolve()
  let retry: { cancel(): void } | undefined

  function open(): void {
    if (stopped) return
    const opened = openConnection({
      ...config,
      clientId,
      password: readPassword(config),
      keepaliveS: 20,
      persistent: config.clientId !== undefined,
    })
    client = opened
    let reason = 'closed by the broker'
    opened.handleMessage = (packet, done) => {
      const { topic, payload } = packet
      const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
      pending = takeMessage(bytes, clock.now(), { unwrap, topic, events }).then(
        () => done(),
        (err) => {
          // Not acknowledged: with a client id of its own the broker sends it again.
          log.error({ err, topic }, 'message not taken')
          opened.end(true)
        },
      )
    }
    opened.on('connect', () => {
      opened.subscribeAsync(config.topics, { qos: 1 }).then(
        (granted) => {
          const refused = granted.find(({ qos }) => qos > 2)
          if (refused !== undefined) {
            reason = `the broker refuses the subscription to ${refused.topic}`
            opened.end(true)
            return
          }
          wait.reset()
          events.state('up', {})
        },
        (error) => {
          reason = error.message
          opened.end(true)
        },
      )
    })
    opened.on('error', (error) => {
      reason = error.message
    })
    opened.once('close', () => {
      opened.removeAllListeners()
      opened.on('error', () => {})
      if (stopped || client !== opened) return
      events.state('down', { reason })
      retry = clock.after(Math.max(50, wait.next()), open)
    })
  }

  return {
    async start() {
      if (!stopped) return
      stopped = false
      open()
    },
    async stop() {
      stopped = true
      retry?.cancel()
      const open = client
      if (open !== undefined) await new Promise<void>((resolve) => open.end(true, () => resolve()))
      await pending
    },
  }
}
