import type { WaytraceEvent } from '@waytrace/standard'
import { eventually } from '@waytrace/standard/testing'
import { connectAsync, type MqttClient } from 'mqtt'
import { BATCH_TOPIC } from './harness.ts'

/** Sends as an agent does: a window of batches, and everything the mark has not passed again and again. */
export interface Sender {
  /** Resolves when the mark has passed the last event. */
  finish(timeoutMs?: number): Promise<void>
  /** Messages sent, repeats included. */
  readonly sent: number
  close(): Promise<void>
}

const BATCH = 50
/** Batches sent before the mark must move. */
const WINDOW = 40

export async function startSender(
  url: string,
  events: readonly WaytraceEvent[],
  credentials: { username?: string; password?: string } = {},
): Promise<Sender> {
  let marked = 0
  let sent = 0
  let closed = false
  let client: MqttClient | undefined

  async function connectOnce(): Promise<MqttClient> {
    const made = await connectAsync(url, {
      ...credentials,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: 3000,
    })
    made.on('error', () => {})
    made.on('message', (_, payload) => {
      const { sequence } = JSON.parse(payload.toString())
      marked = Math.max(marked, Number(sequence))
    })
    await made.subscribeAsync('wt/v1/wh1/edge1/agent/self/ack', { qos: 1 })
    return made
  }

  async function run(): Promise<void> {
    while (!closed && marked < events.length) {
      try {
        client = await connectOnce()
        while (!closed && client.connected && marked < events.length) await sendWindow(client)
      } catch {
        // The link or the broker is down: again.
      }
      await client?.endAsync(true).catch(() => {})
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async function sendWindow(to: MqttClient): Promise<void> {
    const from = marked
    const publishes: Promise<unknown>[] = []
    for (let at = from; at < Math.min(from + WINDOW * BATCH, events.length); at += BATCH) {
      publishes.push(to.publishAsync(BATCH_TOPIC, JSON.stringify(events.slice(at, at + BATCH)), { qos: 1 }))
      sent++
    }
    await Promise.race([Promise.all(publishes), down(to)])
    const target = Math.min(from + WINDOW * BATCH, events.length)
    // Nothing may come after a PUBACK: then the window is sent again.
    await eventually(() => marked >= target || !to.connected, { timeoutMs: 2000 }).catch(() => {})
  }

  function down(of: MqttClient): Promise<never> {
    return new Promise((_, reject) => of.once('close', () => reject(new Error('closed'))))
  }

  const running = run()
  return {
    async finish(timeoutMs = 60_000) {
      await eventually(() => marked >= events.length, { timeoutMs })
    },
    get sent() {
      return sent
    },
    async close() {
      closed = true
      await running
    },
  }
}
