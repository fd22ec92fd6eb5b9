import { encodeRawRecord } from '@waytrace/standard/journal'
import { eventually, freePort } from '@waytrace/standard/testing'
import { connectAsync } from 'mqtt'
import { mqttSource } from '../src/index.ts'
import { quiet, type World } from './harness.ts'
import { startMosquitto } from './mosquitto.ts'
import { sourceContract } from './source-contract.ts'

sourceContract('journal', async () => {
  // The embedded broker appends whether ingest runs or not.
  let made: World | undefined
  return {
    async publish(topic, payload) {
      const name = topic.split('/').slice(2, 4).join('/')
      const record = { receivedAt: Date.UTC(2026, 0, 15), origin: { kind: 'mqtt' as const, name }, topic }
      await made?.journal.append(encodeRawRecord({ ...record, payload: Buffer.from(payload) }))
    },
    async open(world) {
      made = world
      return { async close() {} }
    },
    async stop() {},
  }
})

sourceContract('MQTT', async () => {
  const port = await freePort()
  const broker = await startMosquitto(port)
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 })
  return {
    publish: (topic, payload) => client.publishAsync(topic, payload, { qos: 1 }),
    async open({ journal, ports }) {
      const source = mqttSource({ url: `mqtt://127.0.0.1:${port}` }, { journal, clock: ports.clock, logger: quiet })
      source.start()
      await eventually(() => source.stats().up)
      return { close: () => source.stop() }
    },
    async stop() {
      await client.endAsync(true)
      await broker.kill()
    },
  }
})
