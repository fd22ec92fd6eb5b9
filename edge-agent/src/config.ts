import { type UnwrapName, unwraps } from '@waytrace/devices'
import { deviceLimit, deviceReport, type Issue, OpsError } from '@waytrace/standard'
import { parse } from 'yaml'
import { z } from 'zod'
import { crossIssues, isTimezone } from './config-checks.ts'
import { framingConfig, linkConfig, tlsConfig } from './link-config.ts'
import { stationConfig } from './stations/config.ts'

const slug = z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be a slug of [a-z0-9-]{1,32}')
const uri = z.string().regex(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/, 'must be a URI')
const ms = z.int().min(0)
const timezone = z.string().refine(isTimezone, 'must be an IANA time zone')

const { deadband, minIntervalMs, maxIntervalMs } = deviceReport.shape

/** When a sensor's value is worth an event. Exceptions, alarms, switches and limit crossings always are. */
export const reportConfig = z.strictObject({
  deadband: deadband
    .unwrap()
    .default(0)
    .describe(deadband.description ?? ''),
  minIntervalMs: minIntervalMs
    .unwrap()
    .default(0)
    .describe(minIntervalMs.description ?? ''),
  maxIntervalMs: maxIntervalMs
    .unwrap()
    .default(600_000)
    .describe(maxIntervalMs.description ?? ''),
})

const device = z.strictObject({
  slug: slug.describe('Name in topics.'),
  urn: uri.describe('URN the device is enrolled with.'),
  kind: slug.refine((kind) => kind !== 'agent', 'agent is the kind of the agent itself').describe('Kind in topics.'),
  link: linkConfig,
  match: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('Address of the device on a link that carries several: MAC, DevEUI, IMEI or unit.'),
  framing: framingConfig.optional().describe('How frames are cut out of a byte stream; default lines.'),
  maxFrameBytes: z.int().positive().max(16_777_216).default(65_536),
  unwrap: z
    .enum(Object.keys(unwraps) as [UnwrapName, ...UnwrapName[]])
    .optional()
    .describe('What a gateway or network server wraps around the frames.'),
  driver: z.string().min(1).describe('Driver that reads the frames; docs/generated/drivers.md lists them.'),
  options: z.record(z.string(), z.unknown()).default({}).describe('Options of the driver.'),
  place: uri.optional().describe('Room, dock or vehicle where the device is.'),
  bizStep: z.string().optional().describe('Business step of readings; default by place.'),
  report: reportConfig.optional().describe('Without it every reading is an event.'),
  limits: z.array(deviceLimit).default([]).describe('Values beyond these are ALARM_CONDITION.'),
  calibration: uri.optional().describe('Calibration certificate of the device.'),
  duplicateWindowMs: ms.default(0).describe('The same frame again within this time is dropped (several gateways).'),
  station: slug.optional().describe('Station that turns the scans of this device into business events.'),
})

/** `agent.yaml`. docs/generated/config.md is printed from it. */
export const agentConfig = z.strictObject({
  agent: z.strictObject({
    site: slug.describe('Site the agent is enrolled for.'),
    agent: slug.describe('Name of the agent in topics.'),
    source: uri.describe('URN of the agent: `source` of its events.'),
    gln: z
      .string()
      .regex(/^\d{13}$/)
      .describe('GLN of the party that issues the order numbers.'),
    timezone: timezone.default('UTC').describe('IANA time zone of the site.'),
    dataDir: z.string().default('./agent-data').describe('Folder of the spool and of what must survive a restart.'),
  }),
  uplink: z.strictObject({
    url: z
      .string()
      .regex(/^(mqtts?|wss?):\/\//)
      .describe('mqtt:// or mqtts:// address of the broker.'),
    username: z.string().optional().describe('Default `site/agent`.'),
    password: z.string().optional().describe('Password printed by waytrace enroll.'),
    passwordFile: z.string().optional().describe('File whose first line is the password.'),
    passwordEnv: z.string().optional().describe('Environment variable that holds the password.'),
    tls: tlsConfig.optional(),
    window: z.int().min(1).max(1000).default(100).describe('Messages in flight.'),
    batch: z.int().min(1).max(1000).default(200).describe('Most events in one message.'),
    batchBytes: z.int().min(1024).default(65_536).describe('Most bytes in one message, unless one event has more.'),
    ackTimeoutMs: z.int().min(100).default(30_000).describe('Without progress of the mark, events are sent again.'),
    keepaliveS: z.int().min(1).default(20).describe('Silence in seconds after which the connection is tested.'),
    backoffMinMs: z.int().min(1).default(250).describe('First pause before a new connection.'),
    backoffMaxMs: z.int().min(1).default(30_000).describe('Longest pause before a new connection.'),
  }),
  spool: z
    .strictObject({
      maxBytes: z.int().min(65_536).default(2_147_483_648).describe('Full at this many bytes.'),
      reserveBytes: z.int().min(0).default(268_435_456).describe('Free disk space the spool leaves.'),
      onFull: z
        .enum(['drop-oldest', 'wait'])
        .default('drop-oldest')
        .describe('`drop-oldest` counts what it drops in a gap event; `wait` holds the devices back.'),
    })
    .prefault({}),
  healthIntervalMs: z.int().min(100).default(60_000).describe('Time between health events.'),
  devices: z.array(device).default([]),
  stations: z.array(stationConfig).default([]),
})

export type AgentConfig = z.infer<typeof agentConfig>
export type DeviceConfig = AgentConfig['devices'][number]
export type ReportConfig = z.infer<typeof reportConfig>
export type LimitConfig = z.infer<typeof deviceLimit>

/** Checks YAML text. Throws `OpsError('CONFIG_INVALID')` that names every wrong path at once. */
export function parseAgentConfig(yamlText: string): AgentConfig {
  let document: unknown
  try {
    document = parse(yamlText)
  } catch (cause) {
    throw new OpsError('CONFIG_INVALID', `not YAML: ${(cause as Error).message}`, { cause })
  }
  return checkAgentConfig(document)
}

/** Checks a configuration object. Throws `OpsError('CONFIG_INVALID')` that names every wrong path at once. */
export function checkAgentConfig(document: unknown): AgentConfig {
  const parsed = agentConfig.safeParse(document)
  const issues: Issue[] = crossIssues(document)
  for (const issue of parsed.error?.issues ?? [])
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) issues.push({ path: [...issue.path, key].join('.'), message: 'unknown key' })
    else issues.push({ path: issue.path.join('.'), message: issue.message })
  if (parsed.success && issues.length === 0) return parsed.data
  const lines = issues.map(({ path, message }) => `  ${path || '(document)'}: ${message}`)
  throw new OpsError('CONFIG_INVALID', `agent configuration:\n${lines.join('\n')}`, { issues })
}
