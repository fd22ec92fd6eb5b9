import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { formatTopic, type Stream } from '@waytrace/standard'
import { systemClock } from '@waytrace/standard/process'
import { percentile } from '../figure.ts'
import { type LoadConnection, openConnection } from './connection.ts'
import { makeEvent } from './events.ts'
import type { LoadPlan, LoadResult, Sender } from './plan.ts'
import { publishPacket } from './wire.ts'

/**
 * The load generator, a process of its own: `generator PLAN.json`. Connects, encodes everything, says `ready`, sends at
 * `go` on its standard input, and says `done` with what it measured when all is acknowledged.
 */
const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as LoadPlan
const clock = systemClock()
/** Sign-ins cost the broker a key derivation each; more at once would only run into its time-out. */
const SIGN_INS = 8
const messages = Math.ceil(plan.events / plan.perMessage)
const waits = new Float64Array(messages)
const connections: LoadConnection[] = []
let eventBytes = 0
let acknowledged = 0
let finish: () => void = () => {}
const finished = new Promise<void>((resolve) => {
  finish = resolve
})

for (let first = 0; first < plan.senders.length; first += SIGN_INS)
  connections.push(...(await Promise.all(plan.senders.slice(first, first + SIGN_INS).map(open))))
say('ready')
for await (const line of createInterface({ input: process.stdin })) if (line === 'go') break

const begunAt = clock.now()
const begun = performance.now()
const used = process.cpuUsage()
if (plan.messagesPerSecond === undefined) for (const one of connections) one.send(plan.window, begun)
else pace(plan.messagesPerSecond)
await finished
const seconds = (performance.now() - begun) / 1000
const { user, system } = process.cpuUsage(used)
const result: LoadResult = {
  begunAt,
  acknowledgedAt: clock.now(),
  messages,
  eventBytes: eventBytes / plan.events,
  p50: percentile(waits, 0.5),
  p99: percentile(waits, 0.99),
  most: percentile(waits, 1),
  busy: (user + system) / 1e6 / seconds,
}
say(`done ${JSON.stringify(result)}`)
for await (const line of createInterface({ input: process.stdin })) if (line === 'end') break
process.exit(0)

function open(sender: Sender): Promise<LoadConnection> {
  return openConnection({
    host: plan.host,
    port: plan.port,
    clientId: `bench-${sender.agent}`,
    username: sender.password === '' ? '' : `${sender.site}/${sender.agent}`,
    password: sender.password,
    window: plan.window,
    packets: encode(sender, share(plan.senders.indexOf(sender))),
    acknowledged(due) {
      waits[acknowledged++] = performance.now() - due
      if (acknowledged === messages) finish()
    },
    read(connection) {
      if (acknowledged > 0 && plan.messagesPerSecond === undefined) connection.send(plan.window, performance.now())
    },
  })
}

/** How many of all messages this sender has. */
function share(index: number): number {
  const { length } = plan.senders
  return Math.floor(messages / length) + (index < messages % length ? 1 : 0)
}

function encode(sender: Sender, count: number): Buffer[] {
  const { site, agent } = sender
  const spool = `${plan.run}-${agent}`
  const packets: Buffer[] = []
  let sequence = 0
  for (let i = 0; i < count; i++) {
    const made = Array.from({ length: plan.perMessage }, () => makeEvent(sender, spool, ++sequence, clock.now()))
    const [first] = made
    if (first === undefined) throw new Error('a message of no events')
    const { device, kind, stream } = first
    const topic =
      plan.perMessage === 1
        ? formatTopic({ what: 'event', site, agent, kind, device, stream: stream as Stream })
        : formatTopic({ what: 'batch', site, agent })
    const payload = Buffer.from(JSON.stringify(plan.perMessage === 1 ? first.event : made.map(({ event }) => event)))
    eventBytes += payload.length
    packets.push(publishPacket(topic, payload, (i % 65_535) + 1))
  }
  return packets
}

/** Sends at a fixed rate in ticks of a millisecond; a message that has to wait for the window stays due since its time. */
function pace(perSecond: number): void {
  let sent = 0
  let turn = 0
  const timer = clock.every(1, () => {
    const due = Math.min(messages, Math.floor(((performance.now() - begun) * perSecond) / 1000))
    for (let tried = 0; sent < due && tried < connections.length; tried++) {
      const connection = connections[turn++ % connections.length]
      if (connection?.send(1, begun + (sent * 1000) / perSecond) === 1) {
        sent++
        tried = -1
      }
    }
    if (sent === messages) timer.cancel()
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
