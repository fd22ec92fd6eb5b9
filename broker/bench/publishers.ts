import { connect, type Socket } from 'node:net'
import mqtt from 'mqtt-packet'

/**
 * 100 agents in one process, on bare sockets: MQTT.js would be the bottleneck. Sends `rate` messages a second in all, or
 * with rate 0 keeps 10 in flight per connection, and prints the rate reached and the latencies in ms.
 */
const [port = '', rateText = '', secondsText = ''] = process.argv.slice(2)
const rate = Number(rateText)
const milliseconds = Number(secondsText) * 1000
const CONNECTIONS = 100
const WINDOW = 10
const PAYLOAD = Buffer.alloc(800, 0x78)

interface Agent {
  socket: Socket
  topic: string
  nextId: number
  sentAt: Map<number, number>
}

const latencies: number[] = []
const agents = await Promise.all(Array.from({ length: CONNECTIONS }, (_, n) => connectAgent(n)))

function connectAgent(n: number): Promise<Agent> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.setNoDelay(true)
    const agent: Agent = { socket, topic: `wt/v1/wh1/edge${n}/scanner/s1/evt/scan`, nextId: 1, sentAt: new Map() }
    const parser = mqtt.parser()
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connack') resolve(agent)
      if (packet.cmd !== 'puback') return
      const at = agent.sentAt.get(packet.messageId ?? 0)
      agent.sentAt.delete(packet.messageId ?? 0)
      if (at !== undefined) latencies.push(performance.now() - at)
      if (rate === 0 && performance.now() < end) publish(agent)
    })
    socket.on('data', (chunk) => parser.parse(chunk))
    socket.on('error', reject)
    socket.write(
      mqtt.generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId: `edge${n}`,
        clean: true,
        keepalive: 0,
        username: `wh1/edge${n}`,
        password: Buffer.from('secret-word'),
      }),
    )
  })
}

function publish(agent: Agent): void {
  const messageId = agent.nextId
  agent.nextId = (messageId % 65_535) + 1
  agent.sentAt.set(messageId, performance.now())
  const { topic } = agent
  agent.socket.write(
    mqtt.generate({ cmd: 'publish', topic, payload: PAYLOAD, qos: 1, messageId, dup: false, retain: false }),
  )
}

const begun = performance.now()
const end = begun + milliseconds
let sent = 0
if (rate === 0) for (const agent of agents) for (let i = 0; i < WINDOW; i++) publish(agent)
while (performance.now() < end) {
  const due = rate === 0 ? 0 : Math.floor(((performance.now() - begun) / 1000) * rate)
  for (; sent < due; sent++) publish(agents[sent % CONNECTIONS] as Agent)
  await new Promise((resolve) => setImmediate(resolve))
}
const took = (performance.now() - begun) / 1000
const sorted = latencies.slice().sort((a, b) => a - b)
const at = (share: number) => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1))
process.stdout.write(`${JSON.stringify({ rate: Math.round(latencies.length / took), p50: at(0.5), p99: at(0.99) })}\n`)
process.exit(0)
