import { z } from 'zod'

/** How ingest reaches a broker: its own one, or an external one. */
export const mqttLinkConfig = z.strictObject({
  url: z
    .string()
    .regex(/^mqtts?:\/\//)
    .describe('Address of the broker: mqtt://host:port or mqtts://host:port.'),
  clientId: z.string().default('waytrace-ingest').describe('Client id; of a persistent session it must stay the same.'),
  username: z.string().optional().describe('User name; at the embedded broker $centre.'),
  password: z.string().optional().describe('Password (secret).'),
  keepAliveSeconds: z.number().min(1).max(600).default(20).describe('MQTT keep-alive.'),
  ca: z.string().optional().describe('Authority of the broker certificate, PEM; default the system ones.'),
  key: z.string().optional().describe('Private key of a client certificate, PEM.'),
  cert: z.string().optional().describe('Client certificate, PEM.'),
})

/** The consumer of an external broker. */
export const mqttSourceConfig = mqttLinkConfig.extend({
  inHandBytes: z
    .int()
    .min(1024)
    .default(16_777_216)
    .describe('Bytes received and not yet flushed to the raw journal; beyond, the socket is not read.'),
})

export type MqttLinkConfig = z.infer<typeof mqttLinkConfig>

export function tlsOf({ ca, key, cert }: MqttLinkConfig) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
  }
}
