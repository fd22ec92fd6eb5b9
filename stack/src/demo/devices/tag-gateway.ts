import { drivers, encodeRuuviGatewayMessage, type Observation } from '@waytrace/devices'
import { systemClock } from '@waytrace/standard/process'
import { connectAsync, type MqttClient } from 'mqtt'

const GOODBYE_MS = 500
const clock = systemClock()

/** A third-party gateway that publishes what it hears of one tag to the broker, with a gateway credential. */
export interface TagGateway {
  start(): Promise<void>
  hear(at: number, reading: { temperatureC: number; humidity: number; sequence: number }): void
  stop(): Promise<void>
}

export function tagGateway(options: {
  url: string
  site: string
  username: string
  password: string
  tagMac: string
}): TagGateway {
  const { url, site, username, password, tagMac } = options
  const driver = drivers['ruuvi-df5']
  if (driver?.encode === undefined) throw new Error('the ruuvi-df5 driver has an encoder')
  const { encode } = driver
  const template = driver.options.parse({})
  let client: MqttClient | undefined
  return {
    async start() {
      client = await connectAsync(url, { username, password, clientId: `gateway-${site}`, protocolVersion: 4 })
      // The client reconnects by itself; without a listener its errors would end the process.
      client.on('error', () => undefined)
    },
    hear(at, { temperatureC, humidity, sequence }) {
      const observations: Observation[] = [
        { kind: 'temperature', at, value: Math.round(temperatureC * 200) / 200, unit: 'CEL' },
        { kind: 'humidity', at, value: Math.round(Math.min(100, humidity) * 400) / 400, unit: 'P1' },
        { kind: 'count', at, value: sequence, unit: 'C62', channel: 'sequence' },
        { kind: 'identity', at, value: tagMac },
      ]
      const message = encodeRuuviGatewayMessage({
        payload: encode(observations, template),
        gatewayMac: 'AA:BB:CC:00:00:01',
        at,
      })
      client?.publish(`gw/${site}/ruuvi/${tagMac}`, Buffer.from(message), { qos: 1 })
    },
    async stop() {
      // What is on its way is acknowledged first, where there is a broker to do it.
      await Promise.race([client?.endAsync(), clock.sleep(GOODBYE_MS)])
      await client?.endAsync(true)
    },
  }
}
