import { brokerConfig } from '@waytrace/broker'
import { httpConfig } from '@waytrace/dashboards'
import { influxConfig } from '@waytrace/store'
import { z } from 'zod'

const bytes = z.int().min(1_048_576)

/** The one configuration of every part at the centre: `waytrace.yaml`, environment, command line. */
export const waytraceConfig = z.strictObject({
  data: z.string().default('./data').describe('Folder of everything that is kept: journals, stores, users, secrets.'),
  deployment: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('local')
    .describe('Name of this installation: part of the source of the facts it states itself.'),
  gln: z
    .string()
    .regex(/^\d{13}$/)
    .default('9521234000006')
    .describe('GLN of the party that issues the order numbers; the default is of the GS1 example prefix.'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level logged.'),
  stopSeconds: z
    .number()
    .min(0.1)
    .default(4.5)
    .describe('How long a clean stop may take; then the process ends by force, which loses nothing accepted either.'),
  http: httpConfig.prefault({}).describe('The HTTP shell: API and control room.'),
  mqtt: brokerConfig.prefault({}).describe('The embedded MQTT broker.'),
  externalBroker: z
    .strictObject({
      url: z
        .string()
        .regex(/^mqtts?:\/\//)
        .meta({ env: 'MQTT_URL' })
        .describe('mqtt:// or mqtts:// address; ingest consumes there and the embedded broker stays off.'),
      username: z
        .string()
        .optional()
        .meta({ env: 'MQTT_USERNAME' })
        .describe('User that may read wt/# and write marks.'),
      password: z.string().optional().meta({ env: 'MQTT_PASSWORD' }).describe('Its password.'),
      caFile: z.string().optional().describe('PEM file of the authority that signed its certificate.'),
      keyFile: z.string().optional().describe('PEM file of the private key of a client certificate.'),
      certFile: z.string().optional().describe('PEM file of a client certificate.'),
    })
    .optional()
    .describe('An external broker (Mosquitto, EMQX, NATS) instead of the embedded one.'),
  influx: influxConfig
    .optional()
    .describe('InfluxDB, where Grafana reads events, series and exposures; the embedded store stays the base.'),
  retention: z
    .strictObject({
      readingsDays: z
        .number()
        .positive()
        .optional()
        .describe('Measurements of the embedded store; for ever when absent.'),
      eventsDays: z.number().positive().optional().describe('Events of the embedded store; for ever when absent.'),
      deadLettersDays: z.number().positive().optional().describe('Dead letters; for ever when absent.'),
    })
    .prefault({})
    .describe('How many days each class of data is kept. InfluxDB ages its points by itself.'),
  journal: z
    .strictObject({
      maxBytes: bytes.default(4_294_967_296).describe('Raw journal: full at this many bytes; publishers then wait.'),
      logMaxBytes: bytes.default(17_179_869_184).describe('Accepted log: full at this many bytes.'),
      keepEvents: z
        .int()
        .min(10_000)
        .default(1_000_000)
        .describe('Newest events the log keeps, even when all have read them.'),
      reserveBytes: z.int().min(0).default(536_870_912).describe('Free disk space a flush must leave.'),
    })
    .prefault({})
    .describe('The durable queues.'),
})

export type WaytraceConfig = z.infer<typeof waytraceConfig>
