import { z } from 'zod'

const port = z.int().min(0).max(65_535)
const password = {
  username: z.string().optional().describe('User name at the broker.'),
  password: z.string().optional().describe('Password; better kept in a file or in the environment.'),
  passwordFile: z.string().optional().describe('File whose first line is the password.'),
  passwordEnv: z.string().optional().describe('Environment variable that holds the password.'),
}

/** TLS towards a broker. */
export const tlsConfig = z.strictObject({
  caFile: z.string().optional().describe('PEM file of the authority that signed the broker certificate.'),
  certFile: z.string().optional().describe('PEM file of the client certificate.'),
  keyFile: z.string().optional().describe('PEM file of the client key.'),
  rejectUnauthorized: z.boolean().default(true).describe('Whether an unknown certificate ends the connection.'),
})

/** How frames are cut out of a byte stream. */
export const framingConfig = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('delimited').describe('Frames end with a delimiter.'),
    delimiters: z.array(z.string().min(1)).min(1).default(['\r', '\n']).describe('What ends a frame.'),
  }),
  z.strictObject({
    type: z.literal('length-prefixed').describe('Frames state their length.'),
    lengthBytes: z.union([z.literal(1), z.literal(2), z.literal(4)]).describe('Width of the length field in bytes.'),
    lengthOffset: z.int().min(0).optional().describe('Where the length field begins.'),
    littleEndian: z.boolean().default(false).describe('Byte order of the length field.'),
    uncounted: z.int().min(0).optional().describe('Bytes of the frame that the length does not count.'),
    magicHex: z
      .string()
      .regex(/^([0-9A-Fa-f]{2})+$/)
      .optional()
      .describe('Constant bytes every frame begins with, in hex.'),
  }),
  z.strictObject({ type: z.literal('slip').describe('SLIP frames (RFC 1055).') }),
  z.strictObject({
    type: z.literal('inter-byte-gap').describe('Frames are told apart by silence.'),
    gapMs: z.int().min(1).default(20).describe('Silence in ms that ends a frame.'),
  }),
])

const parity = z.enum(['none', 'even', 'odd', 'mark', 'space'])
const line = {
  path: z.string().min(1).describe('Serial device, e.g. /dev/ttyUSB0.'),
  baudRate: z.int().positive().default(9600).describe('Bits per second.'),
}

/** Where bytes come from. Devices whose links are equal share one connection and are told apart by `match`. */
export const linkConfig = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('serial').describe('A serial line: scanners, NMEA.'),
    ...line,
    dataBits: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]).default(8),
    stopBits: z.union([z.literal(1), z.literal(1.5), z.literal(2)]).default(1),
    parity: parity.default('none'),
  }),
  z.strictObject({
    type: z.literal('tcp').describe('Connects to a network scanner or an NMEA multiplexer.'),
    host: z.string().min(1),
    port,
    idleMs: z.int().min(0).default(0).describe('Silence after which the connection is made anew; 0 = never.'),
  }),
  z.strictObject({
    type: z.literal('tcp-server').describe('Listens for devices that connect to the agent.'),
    host: z.string().default('0.0.0.0'),
    port,
    protocol: z.enum(['teltonika', 'stream']).default('stream').describe('`teltonika` answers logins and records.'),
    idleMs: z.int().min(0).default(600_000).describe('Silence after which a connection is closed; 0 = never.'),
    maxConnections: z.int().positive().default(1000),
  }),
  z.strictObject({
    type: z.literal('modbus').describe('Polls a Modbus unit over TCP or a serial line (RTU).'),
    host: z.string().optional().describe('Address of a Modbus TCP unit.'),
    port: port.default(502),
    path: z.string().optional().describe('Serial device of a Modbus RTU line.'),
    baudRate: z.int().positive().default(9600),
    parity: parity.default('none'),
    unit: z.int().min(0).max(255).default(1).describe('Unit identifier.'),
    intervalMs: z.int().min(10).default(10_000).describe('Time between polls.'),
    timeoutMs: z.int().min(10).default(2000).describe('How long to wait for an answer.'),
  }),
  z.strictObject({
    type: z.literal('mqtt-bridge').describe('Subscribes at a broker that gateways publish to.'),
    url: z
      .string()
      .regex(/^(mqtts?|wss?):\/\//)
      .describe('mqtt:// or mqtts:// address of the broker.'),
    topics: z.array(z.string().min(1)).min(1).describe('Topic filters.'),
    clientId: z.string().optional().describe('With one, the broker keeps messages while the agent is away.'),
    ...password,
    tls: tlsConfig.optional(),
  }),
  z.strictObject({
    type: z.literal('http').describe('Takes webhooks: answered 200 when the events are on disk.'),
    host: z.string().default('0.0.0.0'),
    port,
    path: z.string().startsWith('/').default('/'),
    token: z.string().optional().describe('Bearer token that callers must send.'),
    tokenFile: z.string().optional().describe('File whose first line is the token.'),
    maxBytes: z.int().positive().default(262_144).describe('Largest body.'),
  }),
  z.strictObject({
    type: z.literal('slcan').describe('A CAN bus through a serial SLCAN adapter.'),
    ...line,
    baudRate: line.baudRate.default(115_200),
    kbits: z.union([z.literal(125), z.literal(250), z.literal(500), z.literal(1000)]).default(250),
  }),
  z.strictObject({
    type: z.literal('file').describe('Reads a file: new lines, or all of it again and again.'),
    path: z.string().min(1),
    mode: z.enum(['tail', 'whole']).default('tail').describe('`tail`: new lines; `whole`: the file on each change.'),
    header: z.boolean().default(false).describe('Put the first line of the file before each new line (CSV).'),
    always: z.boolean().default(false).describe('With `whole`: a reading each time, changed or not (w1_slave).'),
    intervalMs: z.int().min(10).default(5000).describe('Time between looks.'),
  }),
])

export type LinkConfig = z.infer<typeof linkConfig>
export type LinkType = LinkConfig['type']
export type LinkOf<T extends LinkType> = Extract<LinkConfig, { type: T }>
export type FramingConfig = z.infer<typeof framingConfig>
export type TlsConfig = z.infer<typeof tlsConfig>
