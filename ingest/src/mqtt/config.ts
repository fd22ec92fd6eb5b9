import { X509Certificate } from 'node:crypto'
import { configFile } from '@waytrace/standard/process'
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
  caFile: z
    .string()
    .optional()
    .describe('PEM file of the authority that signed the broker certificate; default the system ones.'),
  keyFile: z.string().optional().describe('PEM file of the private key of a client certificate.'),
  certFile: z.string().optional().describe('PEM file of a client certificate.'),
  pinnedFile: z
    .string()
    .optional()
    .describe('PEM file of the very certificate the broker shows, whatever its name: of our own one on this machine.'),
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

/** What TLS needs, read from the files. Throws `OpsError('CONFIG_INVALID')` naming one that cannot be read. */
export function tlsOf({ caFile, keyFile, certFile, pinnedFile }: MqttLinkConfig) {
  const text = (option: string, file: string) => configFile(`externalBroker.${option}`, file)
  return {
    ...(caFile === undefined ? {} : { ca: text('caFile', caFile) }),
    ...(keyFile === undefined ? {} : { key: text('keyFile', keyFile) }),
    ...(certFile === undefined ? {} : { cert: text('certFile', certFile) }),
    ...(pinnedFile === undefined
      ? {}
      : {
          rejectUnauthorized: false,
          fingerprint: new X509Certificate(configFile('mqtt.tls.certFile', pinnedFile)).fingerprint256,
        }),
  }
}
