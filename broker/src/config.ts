import { z } from 'zod'

const bytes = (text: string, fallback: number) => z.int().min(64).default(fallback).describe(text)
const count = (text: string, fallback: number) => z.int().min(1).default(fallback).describe(text)
const port = z.int().min(0).max(65_535)

const limits = z
  .strictObject({
    messageBytes: bytes(
      'Largest MQTT packet. A larger one is refused before it is buffered; the connection ends.',
      1_048_576,
    ),
    connectBytes: bytes('Largest packet of a client that has not signed in yet (CONNECT with its will).', 8192),
    topicBytes: count('Longest topic in bytes.', 256),
    topicLevels: z.int().min(1).max(100).default(16).describe('Deepest topic, in levels.'),
    clients: count('Open connections at once; further ones are closed.', 5000),
    connectionsPerSecond: count('New connections per second and remote address.', 100),
    authentications: count('Passwords checked at once (scrypt costs about 60 ms and 16 MB each).', 2),
    messagesPerSecond: count('Publishes per second and credential; what is above waits.', 20_000),
    messageBurst: count('Publishes a credential may send at once before the rate counts.', 20_000),
    inFlight: count('Publishes of one client waiting for the disk at once; further ones wait.', 1000),
    pendingBytes: bytes(
      'Bytes of all clients handed to the journal and not yet flushed; beyond, publishers wait.',
      16_777_216,
    ),
    outboundBytes: bytes('Bytes buffered for one slow subscriber before it is disconnected.', 4_194_304),
    subscriptions: count('Subscriptions of one client.', 64),
    retained: count('Retained topics per credential.', 1000),
  })
  .prefault({})
  .describe('Limits of our own: the broker library has none.')

const tls = z
  .strictObject({
    port: port.default(8883).describe('Port for MQTT over TLS.'),
    keyFile: z.string().describe('PEM file of the private key.'),
    certFile: z.string().describe('PEM file of the certificate chain.'),
    caFile: z
      .string()
      .optional()
      .describe(
        'PEM file of the authorities that must have signed client certificates. Clients of other machines then need one.',
      ),
    clientCertificates: z
      .boolean()
      .default(false)
      .describe(
        'Ask clients for a certificate; one whose SHA-256 fingerprint is enrolled signs in without a password.',
      ),
  })
  .describe('MQTT over TLS.')

/** The broker's options. `docs/generated/config.md` is printed from the descriptions. */
export const brokerConfig = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all.'),
  port: port.default(1883).describe('Port for MQTT over TCP; 0 takes a free one.'),
  plain: z
    .boolean()
    .default(true)
    .describe('Listen for MQTT over plain TCP. Switch off where TLS is offered to the outside.'),
  tls: tls.optional(),
  webSocketPort: port.optional().describe('Port for MQTT over WebSocket (over TLS when tls is given).'),
  allowAnonymousLoopback: z
    .boolean()
    .default(false)
    .describe('Clients on this machine may read without credentials. For the demo only.'),
  centrePassword: z.string().min(8).optional().describe('Secret of the user $centre, which ingest signs in with.'),
  deployment: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('local')
    .describe('Names this installation in the source of its audit facts.'),
  limits,
})

export type BrokerConfig = z.infer<typeof brokerConfig>
/** What a caller writes: everything but secrets has a default. */
export type BrokerOptions = z.input<typeof brokerConfig>
